import { clark, type QName } from "../xml/xml-element.ts";
import type { AttributeUse, ComplexType, ElementDeclaration, Particle } from "./schema-model.ts";

/** The property that an element of a complex type becomes. */
export interface Slot {
  readonly key: string;
  readonly element: ElementDeclaration;
  /** Whether the element may occur more than once, so that the property is a list. */
  readonly isList: boolean;
  /** Whether it has to be there. */
  readonly isRequired: boolean;
}

/** The properties of a complex type. */
export interface Slots {
  /** The slot of an element of this name, be it of a substitute. */
  slotOf(name: QName): Slot | undefined;
  /** The slots of an element and of those that may stand in its place. */
  candidates(element: ElementDeclaration): readonly Slot[];
  readonly byKey: ReadonlyMap<string, Slot>;
  readonly hasAny: boolean;
  readonly attributesByName: ReadonlyMap<string, { readonly key: string; readonly use: AttributeUse }>;
  readonly attributesByKey: ReadonlyMap<string, AttributeUse>;
}

const known = new WeakMap<ComplexType, Slots>();

/** Made once for each type. */
export function slotsOf(type: ComplexType): Slots {
  const made = known.get(type) ?? makeSlots(type);
  known.set(type, made);
  return made;
}

interface Found {
  readonly element: ElementDeclaration;
  max: number;
  min: number;
}

function makeSlots(type: ComplexType): Slots {
  const found = new Map<string, Found>();
  const hasAny = type.content !== undefined && collect(type.content, { min: 1, max: 1 }, found);
  const byName = new Map<string, Slot>();
  const byKey = new Map<string, Slot>();
  for (const { element, min, max } of found.values()) {
    const isList = max > 1;
    const candidates = [...(element.isAbstract ? [] : [element]), ...element.substitutes];
    for (const one of candidates) {
      if (byName.has(clark(one))) continue;
      const key = byKey.has(one.name) ? clark(one) : one.name;
      const slot: Slot = { key, element: one, isList, isRequired: min > 0 && candidates.length === 1 };
      byName.set(clark(one), slot);
      byKey.set(key, slot);
    }
  }
  const attributes = type.attributes.map((use) => ({ key: `@${use.name}`, use }));
  const byLocalName = Map.groupBy(byName.values(), ({ element }) => element.name);
  const candidatesOf = new Map<ElementDeclaration, readonly Slot[]>();
  return {
    slotOf({ namespace, name }) {
      for (const slot of byLocalName.get(name) ?? []) if (slot.element.namespace === namespace) return slot;
      return undefined;
    },
    candidates(element) {
      const known = candidatesOf.get(element);
      if (known !== undefined) return known;
      const made = [element, ...element.substitutes].flatMap((one) => byName.get(clark(one)) ?? []);
      candidatesOf.set(element, made);
      return made;
    },
    byKey,
    hasAny,
    attributesByName: new Map(attributes.map((one) => [clark(one.use), one])),
    attributesByKey: new Map(attributes.map(({ key, use }) => [key, use])),
  };
}

/** Puts the elements of a particle under their names, with how often they may occur in all; says whether there is a wildcard. */
function collect(particle: Particle, outer: { readonly min: number; readonly max: number }, found: Map<string, Found>): boolean {
  const times = { min: outer.min * particle.min, max: outer.max * particle.max };
  if (particle.kind === "any") return true;
  if (particle.kind === "element") {
    add(particle.element, times, found);
    return false;
  }
  if (particle.kind !== "choice") return particle.items.map((item) => collect(item, times, found)).includes(true);
  // One of several: none of them has to be there, and each as often as it may be in its own alternative.
  let hasAny = false;
  const alternatives = particle.items.map((item) => {
    const own = new Map<string, Found>();
    hasAny = collect(item, { ...times, min: 0 }, own) || hasAny;
    return own;
  });
  const together = new Map<string, Found>();
  for (const own of alternatives) {
    for (const [name, one] of own) {
      const other = together.get(name);
      if (other === undefined) together.set(name, { ...one });
      else other.max = Math.max(other.max, one.max);
    }
  }
  for (const one of together.values()) add(one.element, one, found);
  return hasAny;
}

function add(element: ElementDeclaration, { min, max }: { readonly min: number; readonly max: number }, found: Map<string, Found>): void {
  const name = clark(element);
  const one = found.get(name);
  if (one === undefined) found.set(name, { element, min, max });
  else {
    one.max += max;
    one.min += min;
  }
}

/** The property of an element or attribute of a wildcard: its own name, or with its namespace if that is taken. */
export function wildcardKey(name: QName, { byKey }: Slots): string {
  return byKey.has(name.name) ? clark(name) : name.name;
}
