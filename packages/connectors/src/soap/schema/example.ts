import { XSD, clark } from "../xml/xml-element.ts";
import type { ComplexType, ElementDeclaration, Particle, SchemaModel, Type } from "./schema-model.ts";
import { simpleExample } from "./simple-example.ts";
import { slotsOf, type Slots } from "./slots.ts";

/** Elements within elements that need not be there are left out from here on. */
const DEEP = 6;
/** Where a type has to contain itself it ends here, whatever the schema says. */
const DEEPEST = 30;

interface Making {
  readonly model: SchemaModel;
  /** The types that the value stands in. */
  readonly open: readonly Type[];
  readonly next: () => number;
}

/**
 * Data of an element, as its schema wants them: one of each that may be there, of a choice the first that comes to an end. Types that contain
 * themselves do so once, unless they must.
 */
export function exampleOf(element: ElementDeclaration, model: SchemaModel): unknown {
  let count = 0;
  return elementExample(element, { model, open: [], next: () => (count += 1) });
}

function elementExample(element: ElementDeclaration, making: Making): unknown {
  const { type, fixed, isNillable } = element;
  if (fixed !== undefined) return fixed;
  if (type.kind === "simple") return simpleExample(type, making.next);
  if (type.name?.namespace === XSD) return "anything";
  if (making.open.length > DEEPEST || (isNillable && making.open.includes(type))) return isNillable ? null : {};
  if (!type.isAbstract) return complexExample(type, making);
  const derived = making.model.derived(type).find((one) => one.kind === "complex" && !one.isAbstract);
  if (derived?.kind !== "complex") return {};
  return { "@xsi:type": derived.name?.name, ...record(complexExample(derived, making)) };
}

function complexExample(type: ComplexType, making: Making): unknown {
  const within = { ...making, open: [...making.open, type] };
  const slots = slotsOf(type);
  const fields: Record<string, unknown> = {};
  for (const [key, use] of slots.attributesByKey) {
    const isReference = use.type.builtIn === "IDREF" || use.type.builtIn === "NOTATION" || use.type.builtIn === "ENTITY";
    if (use.isRequired || !isReference) fields[key] = use.fixed ?? simpleExample(use.type, making.next);
  }
  if (type.text !== undefined) {
    const value = simpleExample(type.text, making.next);
    return slots.attributesByKey.size === 0 ? value : { ...fields, "#text": value };
  }
  if (type.content !== undefined) addParticle(type.content, fields, { ...within, slots });
  return fields;
}

function record(value: unknown): object {
  return typeof value === "object" && value !== null ? value : { "#text": value };
}

function addParticle(particle: Particle, fields: Record<string, unknown>, making: Making & { readonly slots: Slots }): void {
  switch (particle.kind) {
    case "element":
      return addElement(particle, fields, making);
    case "any":
      return addAny(particle, fields, making);
    case "choice": {
      const [first] = particle.items;
      const chosen = particle.items.find((item) => ends(item, making)) ?? first;
      if (chosen !== undefined && (particle.min > 0 || ends(chosen, making))) addParticle(chosen, fields, making);
      return;
    }
    default:
      if (particle.min === 0 && !ends(particle, making)) return;
      for (const item of particle.items) addParticle(item, fields, making);
  }
}

/** Whether a particle can be had without one of the types that it stands in. */
function ends(particle: Particle, making: Making): boolean {
  if (particle.kind === "any") return true;
  if (particle.kind === "element") return particle.min === 0 || !isOpen(particle.element.type, making);
  if (particle.min === 0) return true;
  return particle.kind === "choice"
    ? particle.items.some((item) => ends(item, making))
    : particle.items.every((item) => ends(item, making));
}

function isOpen(type: Type, { open }: Making): boolean {
  return open.includes(type);
}

function addElement(
  { element: declared, min, max }: Extract<Particle, { kind: "element" }>,
  fields: Record<string, unknown>,
  making: Making & { readonly slots: Slots },
): void {
  const element = declared.isAbstract ? declared.substitutes[0] : declared;
  const slot = element === undefined ? undefined : making.slots.slotOf(element);
  if (element === undefined || slot === undefined) return;
  if (min === 0 && (isOpen(element.type, making) || making.open.length >= DEEP)) return;
  const known = fields[slot.key];
  const values = Array.from({ length: Math.min(max, Math.max(1, min)) }, () => elementExample(element, making));
  fields[slot.key] = slot.isList ? [...(Array.isArray(known) ? (known as readonly unknown[]) : []), ...values] : values[0];
}

/** A wildcard that must be there gets an element that a schema declares, or one that says itself of which type it is. */
function addAny(
  { min, isAllowed }: Extract<Particle, { kind: "any" }>,
  fields: Record<string, unknown>,
  { model, slots, ...making }: Making & { readonly slots: Slots },
): void {
  if (min === 0) return;
  const declared = model.elements.find(
    (one) => isAllowed(one.namespace) && !one.isAbstract && !slots.byKey.has(one.name) && one.type.kind === "simple",
  );
  if (declared !== undefined) fields[clark(declared)] = elementExample(declared, { ...making, model });
  else fields["anything"] = { "@xmlns": isAllowed("urn:example") ? "urn:example" : "", "@xsi:type": `{${XSD}}string`, "#text": "anything" };
}
