import { PortolanError } from "@portolan/core";
import {
  XSD,
  attributeOf,
  childElements,
  childrenNamed,
  clark,
  resolveName,
  textOf,
  type QName,
  type XmlElement,
} from "../xml/xml-element.ts";
import { readComplexType } from "./complex-types.ts";
import { ANY_TYPE, isTrue, type DeclarationKind, type Declarations, type Declared } from "./declarations.ts";
import type { SchemaFile } from "./schema-files.ts";
import type { ElementDeclaration, SchemaModel, Type } from "./schema-model.ts";
import { remembered } from "./remembered.ts";
import { builtInType, readSimpleType } from "./simple-types.ts";
import { standardSchema } from "./standard-schemas.ts";

const KINDS: Readonly<Record<string, DeclarationKind>> = {
  element: "element",
  simpleType: "type",
  complexType: "type",
  attribute: "attribute",
  group: "group",
  attributeGroup: "attributeGroup",
};

const CONSTRAINTS: ReadonlySet<string> = new Set(["unique", "key", "keyref"]);

/** The declarations of schemas that are known to be valid, since libxml2 has compiled them. What is declared again is the first. */
export function readSchemaModel(files: readonly SchemaFile[]): SchemaModel {
  const declared = new Map<string, Declared>();
  for (const file of files) {
    for (const element of childElements(file.root)) {
      const kind = element.namespace === XSD ? KINDS[element.name] : undefined;
      const name = attributeOf(element, "name")?.trim();
      if (kind === undefined || name === undefined) continue;
      const key = `${kind} ${clark({ namespace: file.namespace, name })}`;
      if (!declared.has(key)) declared.set(key, { element, file });
    }
  }
  const elements = new Map<XmlElement, ElementDeclaration>();
  const types = new Map<XmlElement, Type>();
  const members = substitutions();

  const declarations: Declarations = {
    find: (kind, name) => declared.get(`${kind} ${clark(name)}`),
    reference(kind, text, { element, file }) {
      const name = resolveName(text, element.scope);
      const found = name === undefined ? undefined : declarations.find(kind, name);
      if (found !== undefined) return found;
      throw new PortolanError(
        "PORTOLAN_FORMAT_INVALID",
        `its schemas refer to the ${kind} ${name === undefined ? text : clark(name)}, which none of them declares (namespace ${file.namespace})`,
      );
    },
    elementAt(one, isGlobal) {
      const known = elements.get(one.element);
      if (known !== undefined) return known;
      const made = readElement(one, isGlobal);
      elements.set(one.element, made);
      return made;
    },
    typeNamed(text, from) {
      const name = resolveName(text, from.element.scope);
      if (name?.namespace === XSD) return name.name === "anyType" ? ANY_TYPE : builtInType(name.name);
      return typeAt(declarations.reference("type", text, from));
    },
    simpleTypeNamed(text, from) {
      const type = declarations.typeNamed(text, from);
      if (type.kind === "simple") return type;
      return type.text ?? builtInType("anySimpleType");
    },
    simpleTypeIn({ element, file }) {
      const [own] = childrenNamed(element, XSD, "simpleType");
      return own === undefined ? undefined : readSimpleType(own, undefined, lookupIn(file));
    },
  };

  function lookupIn(file: SchemaFile) {
    return { simpleType: (element: XmlElement, text: string) => declarations.simpleTypeNamed(text, { element, file }) };
  }

  function typeAt({ element, file }: Declared): Type {
    const known = types.get(element);
    if (known !== undefined) return known;
    const own = attributeOf(element, "name")?.trim();
    const name = own === undefined ? undefined : { namespace: file.namespace, name: own };
    const type =
      element.name === "simpleType"
        ? readSimpleType(element, name, lookupIn(file))
        : readComplexType({ element, file }, name, declarations);
    types.set(element, type);
    return type;
  }

  function readElement({ element, file }: Declared, isGlobal: boolean): ElementDeclaration {
    const name = attributeOf(element, "name")?.trim() ?? "";
    const form = attributeOf(element, "form") ?? attributeOf(file.root, "elementFormDefault");
    const qualified: QName = { name, namespace: isGlobal || form === "qualified" ? file.namespace : "" };
    const plain = {
      ...qualified,
      isNillable: isTrue(attributeOf(element, "nillable")),
      isAbstract: isTrue(attributeOf(element, "abstract")),
      default: attributeOf(element, "default"),
      fixed: attributeOf(element, "fixed"),
      isConstrained: childrenNamed(element, XSD).some((child) => CONSTRAINTS.has(child.name)),
      documentation: documentationOf(element),
    };
    return remembered<typeof plain, Pick<ElementDeclaration, "type" | "substitutes">>(plain, {
      type: () => typeOf({ element, file }),
      substitutes: () => (isGlobal ? substitutesOf(clark(qualified), new Set()) : []),
    });
  }

  function typeOf(one: Declared): Type {
    const named = attributeOf(one.element, "type");
    if (named !== undefined) return declarations.typeNamed(named, one);
    const [own] = childrenNamed(one.element, XSD).filter(({ name }) => name === "complexType" || name === "simpleType");
    if (own !== undefined) return typeAt({ element: own, file: one.file });
    const head = attributeOf(one.element, "substitutionGroup");
    return head === undefined ? ANY_TYPE : declarations.elementAt(declarations.reference("element", head, one), true).type;
  }

  function substitutions(): ReadonlyMap<string, readonly Declared[]> {
    const all = [...declared].filter(([key]) => key.startsWith("element ")).map(([, one]) => one);
    return Map.groupBy(
      all.filter(({ element }) => attributeOf(element, "substitutionGroup") !== undefined),
      ({ element }) => clark(resolveName(attributeOf(element, "substitutionGroup") ?? "", element.scope) ?? { namespace: "", name: "" }),
    );
  }

  function substitutesOf(head: string, seen: Set<string>): readonly ElementDeclaration[] {
    if (seen.has(head)) return [];
    seen.add(head);
    return (members.get(head) ?? []).flatMap((one) => {
      const element = declarations.elementAt(one, true);
      return [...(element.isAbstract ? [] : [element]), ...substitutesOf(clark(element), seen)];
    });
  }

  const allOf = (kind: DeclarationKind) =>
    [...declared]
      .filter(([key, { file }]) => key.startsWith(`${kind} `) && standardSchema(file.namespace) === undefined)
      .map(([, one]) => one);
  let byLocalName: ReadonlyMap<string, Declared> | undefined;
  const named = (kind: DeclarationKind, name: QName) => declarations.find(kind, name);

  return {
    element(name) {
      const one = named("element", name);
      return one === undefined ? undefined : declarations.elementAt(one, true);
    },
    elementNamed(name) {
      byLocalName ??= new Map(allOf("element").map((one) => [attributeOf(one.element, "name")?.trim() ?? "", one]));
      const one = byLocalName.get(name);
      return one === undefined ? undefined : declarations.elementAt(one, true);
    },
    type(name) {
      if (name.namespace === XSD) return name.name === "anyType" ? ANY_TYPE : builtInType(name.name);
      const one = named("type", name);
      return one === undefined ? undefined : typeAt(one);
    },
    derived: (type) =>
      allOf("type")
        .map(typeAt)
        .filter((one) => one !== type && derivesFrom(one, type)),
    get elements() {
      return allOf("element").map((one) => declarations.elementAt(one, true));
    },
    get types() {
      return allOf("type").map(typeAt);
    },
  };
}

function derivesFrom(type: Type, base: Type): boolean {
  if (type.kind === "simple") return false;
  return type.base === base || (type.base !== undefined && derivesFrom(type.base, base));
}

function documentationOf(element: XmlElement): string | undefined {
  const [documentation] = childrenNamed(element, XSD, "annotation").flatMap((annotation) =>
    childrenNamed(annotation, XSD, "documentation"),
  );
  const text = documentation === undefined ? "" : textOf(documentation).replaceAll(/\s+/g, " ").trim();
  return text === "" ? undefined : text;
}
