import type { AttributeUse, ComplexType, ElementDeclaration, Particle, SimpleType, Type } from "../schema/schema-model.ts";
import { XSD, XSI, attributeOf, clark, type QName, type XmlElement } from "../xml/xml-element.ts";
import { compileSimple, type TextCheck } from "./simple-check.ts";

/** Whether an element is surely valid. Of one that is not, nothing is known. */
export type ElementCheck = (element: XmlElement) => boolean;

type Node = XmlElement | string;
/** Where what stands in a particle ends, counted in nodes; -1 if it is not surely there. */
type ParticleCheck = (nodes: readonly Node[], from: number) => number;

/** Makes checks of elements; undefined where this is for libxml2 to say. */
export interface ElementChecks {
  of(element: ElementDeclaration): ElementCheck | undefined;
}

/** A type that contains itself has a check before it is made. */
interface Making {
  check: ElementCheck | undefined;
}

export function createElementChecks(): ElementChecks {
  const types = new Map<Type, Making>();
  /** Types that cannot be checked make those that they stand in such as well. */
  let isUnknown = false;

  function ofType(type: Type): ElementCheck {
    const known = types.get(type);
    if (known !== undefined) return (element) => known.check?.(element) === true;
    const making: Making = { check: undefined };
    types.set(type, making);
    making.check = type.kind === "simple" ? simpleElement(type) : complexElement(type);
    if (making.check === undefined) isUnknown = true;
    return making.check ?? never;
  }

  function ofElement(element: ElementDeclaration): ElementCheck {
    const { isAbstract, isConstrained, isNillable, fixed, default: standard, substitutes } = element;
    if (isAbstract || isConstrained || fixed !== undefined || standard !== undefined || substitutes.length > 0) isUnknown = true;
    if (isUnknown) return never;
    const check = ofType(element.type);
    return isNillable ? (one) => (isNil(one) ? isEmptyNil(one, element.type) : check(one)) : check;
  }

  function complexElement(type: ComplexType): ElementCheck | undefined {
    if (type.isMixed || type.isAbstract || type.isOpen || type.name?.namespace === XSD) return undefined;
    const attributes = compileAttributes(type.attributes);
    if (attributes === undefined) return undefined;
    if (type.text !== undefined) {
      const text = compileSimple(type.text);
      return text === undefined ? undefined : (element) => attributes(element) && hasText(element, text);
    }
    const content = type.content === undefined || !hasElements(type.content) ? undefined : compileParticle(type.content);
    if (content === undefined) return (element) => attributes(element) && element.nodes.length === 0;
    return (element) => {
      if (!attributes(element)) return false;
      const { nodes } = element;
      const end = content(nodes, skipBlanks(nodes, 0));
      return end === nodes.length;
    };
  }

  function compileParticle(particle: Particle): ParticleCheck {
    switch (particle.kind) {
      case "any":
        isUnknown = true;
        return nowhere;
      case "element":
        return occurring(particle, ofElement(particle.element));
      case "sequence":
        return compileSequence(particle);
      case "choice":
        return compileChoice(particle);
      case "all":
        return compileAll(particle);
    }
  }

  function compileSequence({ items, min, max }: Group): ParticleCheck {
    if (max !== 1) isUnknown = true;
    const parts = items.map(compileParticle);
    const once: ParticleCheck = (nodes, from) => {
      let at = from;
      for (const part of parts) {
        at = part(nodes, at);
        if (at === -1) return -1;
      }
      return at;
    };
    if (min > 0) return once;
    const first = firstOf({ kind: "sequence", items, min, max });
    return (nodes, from) => (first(nodes[from]) ? once(nodes, from) : from);
  }

  function compileChoice({ items, min, max }: Group): ParticleCheck {
    // One that may be empty, and one that is counted, are rare.
    if (min > 1 || (max !== 1 && max !== Infinity) || items.some(mayBeEmpty)) isUnknown = true;
    const alternatives = items.map((item) => ({ isNext: firstOf(item), check: compileParticle(item) }));
    return (nodes, from) => {
      let at = from;
      for (let turn = 0; turn < max; turn++) {
        const next = alternatives.find(({ isNext }) => isNext(nodes[at]));
        if (next === undefined) return turn < min ? -1 : at;
        at = next.check(nodes, at);
        if (at === -1) return -1;
      }
      return at;
    };
  }

  function compileAll({ items, min, max }: Group): ParticleCheck {
    const parts = items.flatMap((item) => (item.kind === "element" && item.max === 1 ? [item] : []));
    if (parts.length !== items.length || max !== 1 || min !== 1) isUnknown = true;
    const checks = parts.map(({ element, min: least }) => ({ element, min: least, check: ofElement(element) }));
    return (nodes, from) => {
      const seen = new Set<unknown>();
      let at = from;
      for (let node = nodes[at]; node !== undefined && typeof node !== "string"; node = nodes[at]) {
        const { name, namespace } = node;
        const part = checks.find(({ element }) => element.name === name && element.namespace === namespace);
        if (part === undefined || seen.has(part) || !part.check(node)) return -1;
        seen.add(part);
        at = skipBlanks(nodes, at + 1);
      }
      return checks.every((part) => part.min === 0 || seen.has(part)) ? at : -1;
    };
  }

  return {
    of(element) {
      isUnknown = false;
      types.clear();
      const check = ofElement(element);
      return isUnknown ? undefined : check;
    },
  };
}

type Group = Extract<Particle, { readonly kind: "sequence" | "choice" | "all" }>;

const never = () => false;
const nowhere = () => -1;

/** The same element again and again. */
function occurring({ element: { name, namespace }, min, max }: Extract<Particle, { kind: "element" }>, check: ElementCheck): ParticleCheck {
  return (nodes, from) => {
    let at = from;
    let count = 0;
    while (count < max) {
      const node = nodes[at];
      if (node === undefined || typeof node === "string" || node.name !== name || node.namespace !== namespace) break;
      if (!check(node)) return -1;
      count += 1;
      at = skipBlanks(nodes, at + 1);
    }
    return count < min ? -1 : at;
  };
}

/** Behind the blanks between elements; at another text, where nothing goes on. */
function skipBlanks(nodes: readonly Node[], from: number): number {
  const node = nodes[from];
  return typeof node === "string" && isBlank(node) ? from + 1 : from;
}

export function isBlank(text: string): boolean {
  return /^[ \t\n]*$/.test(text);
}

/** Whether a node is one that the particle can begin with. */
function firstOf(particle: Particle): (node: Node | undefined) => boolean {
  const names = firstNames(particle);
  return (node) =>
    node !== undefined &&
    typeof node !== "string" &&
    names.some(({ name, namespace }) => name === node.name && namespace === node.namespace);
}

function firstNames(particle: Particle): readonly QName[] {
  if (particle.kind === "any") return [];
  if (particle.kind === "element") return [particle.element];
  if (particle.kind !== "sequence") return particle.items.flatMap(firstNames);
  const end = particle.items.findIndex((item) => !mayBeEmpty(item));
  return (end === -1 ? particle.items : particle.items.slice(0, end + 1)).flatMap(firstNames);
}

function mayBeEmpty(particle: Particle): boolean {
  if (particle.min === 0) return true;
  if (particle.kind === "any" || particle.kind === "element") return false;
  return particle.kind === "choice" ? particle.items.some(mayBeEmpty) : particle.items.every(mayBeEmpty);
}

function hasElements(particle: Particle): boolean {
  return particle.kind === "any" || particle.kind === "element" || particle.items.some(hasElements);
}

function simpleElement(type: SimpleType): ElementCheck | undefined {
  const text = compileSimple(type);
  return text === undefined ? undefined : (element) => element.attributes.length === 0 && hasText(element, text);
}

function hasText({ nodes }: XmlElement, check: TextCheck): boolean {
  const [only = ""] = nodes;
  return nodes.length <= 1 && typeof only === "string" && check(only);
}

function compileAttributes(uses: readonly AttributeUse[]): ElementCheck | undefined {
  const checks = new Map<string, TextCheck>();
  for (const use of uses) {
    const check = use.fixed === undefined ? compileSimple(use.type) : undefined;
    if (check === undefined) return undefined;
    checks.set(clark(use), check);
  }
  const required = uses.filter(({ isRequired }) => isRequired);
  return ({ attributes }) => {
    if (attributes.length === 0) return required.length === 0;
    return (
      attributes.every((one) => checks.get(clark(one))?.(one.value) === true) &&
      required.every((use) => attributes.some(({ name, namespace }) => name === use.name && namespace === use.namespace))
    );
  };
}

function isNil(element: XmlElement): boolean {
  return element.attributes.length > 0 && attributeOf(element, "nil", XSI) === "true";
}

/** Whether it is nil and nothing else. */
function isEmptyNil({ attributes, nodes }: XmlElement, type: Type): boolean {
  return (
    attributes.length === 1 && nodes.length === 0 && (type.kind === "simple" || type.attributes.every(({ isRequired }) => !isRequired))
  );
}
