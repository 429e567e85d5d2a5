/** Prefixes and the namespaces that they stand for at one place of a document; "" is the default. */
export type Scope = ReadonlyMap<string, string>;

export interface XmlAttribute {
  /** Without prefix. */
  readonly name: string;
  readonly prefix: string;
  /** Empty for an attribute without prefix, whatever the default namespace is. */
  readonly namespace: string;
  readonly value: string;
}

/** An element as it stands in its document: what names in its texts mean is told by its scope. */
export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  readonly prefix: string;
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  /** Elements and texts, in their order. */
  readonly nodes: readonly (XmlElement | string)[];
  readonly scope: Scope;
}

/** A name with its namespace, which is empty for none. */
export interface QName {
  readonly namespace: string;
  readonly name: string;
}

export const XSD = "http://www.w3.org/2001/XMLSchema";
export const XSI = "http://www.w3.org/2001/XMLSchema-instance";

/** `{namespace}name`, or the name alone if it is in none: the key of a name in maps, and how it is shown. */
export function clark({ namespace, name }: QName): string {
  return namespace === "" ? name : `{${namespace}}${name}`;
}

/** The value of an attribute of no namespace, or of the one given. */
export function attributeOf(element: XmlElement, name: string, namespace = ""): string | undefined {
  for (const one of element.attributes) if (one.name === name && one.namespace === namespace) return one.value;
  return undefined;
}

export function childElements(element: XmlElement): readonly XmlElement[] {
  return element.nodes.filter((node) => typeof node !== "string");
}

/** The elements directly within of one namespace, and of one name if it is given. */
export function childrenNamed(element: XmlElement, namespace: string, name?: string): readonly XmlElement[] {
  return childElements(element).filter((one) => one.namespace === namespace && (name === undefined || one.name === name));
}

/** The text that stands directly in an element. */
export function textOf({ nodes }: XmlElement): string {
  const [first] = nodes;
  if (nodes.length === 1 && typeof first === "string") return first;
  return nodes.filter((node) => typeof node === "string").join("");
}

/** What a name with or without prefix means where it stands; undefined if its prefix is not declared. */
export function resolveName(text: string, scope: Scope): QName | undefined {
  const name = text.trim();
  const colon = name.indexOf(":");
  if (colon === -1) return { namespace: scope.get("") ?? "", name };
  const namespace = scope.get(name.slice(0, colon));
  return namespace === undefined ? undefined : { namespace, name: name.slice(colon + 1) };
}
