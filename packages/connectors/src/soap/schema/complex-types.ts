import { XSD, attributeOf, childrenNamed, type QName, type XmlElement } from "../xml/xml-element.ts";
import { ANY_TYPE, isTrue, type Declarations, type Declared } from "./declarations.ts";
import { remembered } from "./remembered.ts";
import type { AttributeUse, ComplexType, Particle, SimpleType, Type } from "./schema-model.ts";
import { builtInType, restrict } from "./simple-types.ts";

/** What an `xs:complexType` declares. Its parts are read when they are asked for, since a type may contain itself. */
export function readComplexType(declared: Declared, name: QName | undefined, declarations: Declarations): ComplexType {
  const { element } = declared;
  const derivation = derivationOf(declared);

  const base = (): Type | undefined => {
    const text = derivation === undefined ? undefined : attributeOf(derivation.holder.element, "base");
    return derivation === undefined || text === undefined ? undefined : declarations.typeNamed(text, derivation.holder);
  };
  const inherited = (): ComplexType | undefined => {
    const type = base();
    return type?.kind === "complex" ? type : undefined;
  };
  const holder = derivation?.holder ?? declared;

  const plain = { kind: "complex" as const, name, isAbstract: isTrue(attributeOf(element, "abstract")) };
  return remembered<typeof plain, Omit<ComplexType, keyof typeof plain>>(plain, {
    isMixed() {
      const own = attributeOf(derivation?.content ?? element, "mixed") ?? attributeOf(element, "mixed");
      return own === undefined && derivation?.kind === "extension" ? (inherited()?.isMixed ?? false) && derivation.isComplex : isTrue(own);
    },
    text: () => (derivation === undefined || derivation.isComplex ? undefined : textType(holder, base(), declarations)),
    content: () => contentOf(holder, derivation?.kind === "extension" ? inherited() : undefined, declarations),
    attributes: () => attributesOf(holder, inherited()?.attributes ?? [], declarations),
    isOpen: () => hasAnyAttribute(holder, declarations) || (derivation?.kind === "extension" && (inherited()?.isOpen ?? false)),
    base,
  });
}

interface Derivation {
  readonly kind: "extension" | "restriction";
  readonly isComplex: boolean;
  readonly content: XmlElement;
  readonly holder: Declared;
}

function derivationOf({ element, file }: Declared): Derivation | undefined {
  const [content] = childrenNamed(element, XSD).filter(({ name }) => name === "complexContent" || name === "simpleContent");
  if (content === undefined) return undefined;
  const [holder] = childrenNamed(content, XSD).filter(({ name }) => name === "extension" || name === "restriction");
  if (holder === undefined) return undefined;
  return {
    kind: holder.name === "extension" ? "extension" : "restriction",
    isComplex: content.name === "complexContent",
    content,
    holder: { element: holder, file },
  };
}

function textType(holder: Declared, base: Type | undefined, declarations: Declarations): SimpleType {
  const inherited =
    base === undefined ? builtInType("anySimpleType") : base.kind === "simple" ? base : (base.text ?? builtInType("anySimpleType"));
  if (holder.element.name === "extension") return inherited;
  return restrict(declarations.simpleTypeIn(holder) ?? inherited, holder.element, undefined);
}

const GROUPS = ["sequence", "choice", "all", "group"];

function contentOf(holder: Declared, extended: ComplexType | undefined, declarations: Declarations): Particle | undefined {
  const [group] = childrenNamed(holder.element, XSD).filter(({ name }) => GROUPS.includes(name));
  const own = group === undefined ? undefined : particleOf({ element: group, file: holder.file }, declarations);
  const before = extended === ANY_TYPE ? undefined : extended?.content;
  if (before === undefined || own === undefined) return before ?? own;
  return { kind: "sequence", min: 1, max: 1, items: [before, own] };
}

function particleOf(declared: Declared, declarations: Declarations): Particle | undefined {
  const { element, file } = declared;
  const min = Number(attributeOf(element, "minOccurs") ?? "1");
  const limit = attributeOf(element, "maxOccurs") ?? "1";
  const max = limit === "unbounded" ? Infinity : Number(limit);
  if (max === 0) return undefined;
  switch (element.name) {
    case "element": {
      const reference = attributeOf(element, "ref");
      const one = reference === undefined ? declared : declarations.reference("element", reference, declared);
      return { kind: "element", min, max, element: declarations.elementAt(one, reference !== undefined) };
    }
    case "any":
      return {
        kind: "any",
        min,
        max,
        isAllowed: wildcard(attributeOf(element, "namespace"), file.namespace),
      };
    case "group": {
      const group = declarations.reference("group", attributeOf(element, "ref") ?? "", declared);
      const [inner] = childrenNamed(group.element, XSD).filter(({ name }) => GROUPS.includes(name));
      const particle = inner === undefined ? undefined : particleOf({ element: inner, file: group.file }, declarations);
      if (particle === undefined || (min === 1 && max === 1)) return particle;
      return { kind: "sequence", min, max, items: [particle] };
    }
    case "sequence":
    case "choice":
    case "all": {
      const items = childrenNamed(element, XSD).flatMap((child) => particleOf({ element: child, file }, declarations) ?? []);
      return { kind: element.name, min, max, items };
    }
    default:
      return undefined;
  }
}

function wildcard(namespace = "##any", target: string): (namespace: string) => boolean {
  if (namespace === "##any") return () => true;
  if (namespace === "##other") return (one) => one !== target && one !== "";
  const allowed = new Set(namespace.split(/\s+/).map((one) => (one === "##targetNamespace" ? target : one === "##local" ? "" : one)));
  return (one) => allowed.has(one);
}

function attributesOf(holder: Declared, inherited: readonly AttributeUse[], declarations: Declarations): readonly AttributeUse[] {
  const uses = new Map(inherited.map((one) => [`${one.namespace} ${one.name}`, one]));
  const collect = ({ element, file }: Declared): void => {
    for (const child of childrenNamed(element, XSD)) {
      const at = { element: child, file };
      if (child.name === "attributeGroup") collect(declarations.reference("attributeGroup", attributeOf(child, "ref") ?? "", at));
      if (child.name !== "attribute") continue;
      const use = attributeUse(at, declarations);
      const key = `${use.namespace} ${use.name}`;
      if (attributeOf(child, "use") === "prohibited") uses.delete(key);
      else uses.set(key, use);
    }
  };
  collect(holder);
  return [...uses.values()];
}

function attributeUse(declared: Declared, declarations: Declarations): AttributeUse {
  const { element } = declared;
  const reference = attributeOf(element, "ref");
  const one = reference === undefined ? declared : declarations.reference("attribute", reference, declared);
  const form = attributeOf(one.element, "form") ?? attributeOf(one.file.root, "attributeFormDefault");
  const type = attributeOf(one.element, "type");
  return {
    name: attributeOf(one.element, "name")?.trim() ?? "",
    namespace: reference !== undefined || form === "qualified" ? one.file.namespace : "",
    type: type === undefined ? (declarations.simpleTypeIn(one) ?? builtInType("anySimpleType")) : declarations.simpleTypeNamed(type, one),
    isRequired: attributeOf(element, "use") === "required",
    default: attributeOf(element, "default") ?? attributeOf(one.element, "default"),
    fixed: attributeOf(element, "fixed") ?? attributeOf(one.element, "fixed"),
  };
}

function hasAnyAttribute({ element, file }: Declared, declarations: Declarations): boolean {
  return childrenNamed(element, XSD).some((child) => {
    if (child.name === "anyAttribute") return true;
    if (child.name !== "attributeGroup") return false;
    return hasAnyAttribute(
      declarations.reference("attributeGroup", attributeOf(child, "ref") ?? "", { element: child, file }),
      declarations,
    );
  });
}
