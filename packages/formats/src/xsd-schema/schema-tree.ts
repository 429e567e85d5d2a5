import { isRecord } from "@portolan/core";
import { createFormat } from "../choice.ts";
import { formatInvalid } from "../format-invalid.ts";
import { xmlFormat } from "../xml/xml.ts";

const XSD = "http://www.w3.org/2001/XMLSchema";

const KINDS: ReadonlySet<string> = new Set(
  (
    "all any anyAttribute attribute attributeGroup choice complexContent complexType element enumeration extension field fractionDigits group import include " +
    "key keyref length list maxExclusive maxInclusive maxLength minExclusive minInclusive minLength notation pattern redefine restriction selector sequence " +
    "simpleContent simpleType totalDigits union unique whiteSpace"
  ).split(" "),
);

/** An element of a schema document. */
export interface SchemaElement {
  /** Without prefix, such as `complexType`. */
  readonly kind: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly SchemaElement[];
}

/** A schema document as a tree of the elements of XML Schema; annotations and what is of other namespaces are left out. */
export function readSchemaTree(bytes: Uint8Array): SchemaElement {
  const document = createFormat(xmlFormat, { namespaces: { xs: XSD } }).decode(bytes);
  const [entry] = isRecord(document) ? Object.entries(document) : [];
  if (entry?.[0] !== "xs:schema") throw formatInvalid(`an XML Schema is a schema element of ${XSD}, found <${entry?.[0] ?? ""}>`);
  return element("schema", entry[1]);
}

function element(kind: string, content: unknown): SchemaElement {
  const map = isRecord(content) ? content : {};
  const attributes = Object.entries(map).flatMap(([name, value]) =>
    name.startsWith("@") && typeof value === "string" ? [[name.slice(1), value] as const] : [],
  );
  // Elements of one name that do not stand together are listed in their order.
  const parts = Array.isArray(map["#content"]) ? (map["#content"] as readonly unknown[]).filter((part) => isRecord(part)) : [map];
  const children = parts.flatMap((part) => Object.entries(part)).flatMap(([name, value]) => childrenOf(name, value));
  return { kind, attributes: Object.fromEntries(attributes), children };
}

function childrenOf(name: string, value: unknown): readonly SchemaElement[] {
  const [, kind] = /^xs:(.+)$/.exec(name) ?? [];
  if (kind === undefined || kind === "annotation") return [];
  if (!KINDS.has(kind)) throw formatInvalid(`<xs:${kind}> is no element of XML Schema 1.0`);
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((one) => element(kind, one));
}
