import { clark, resolveName, type Scope } from "../xml/xml-element.ts";
import { INTEGERS } from "../schema/simple-types.ts";
import type { SimpleType } from "../schema/schema-model.ts";

/**
 * The value of a text: numbers and booleans are those of JSON, all else is text. A number that JavaScript would change stays a text, as do those that
 * JSON has not (INF, NaN). Names with a prefix get their namespace: `{namespace}name`. The text is known to be valid.
 */
export function readSimple(text: string, type: SimpleType, scope: Scope): unknown {
  if (type.variety === "list") {
    const { item } = type;
    return item === undefined ? text : tokens(text).map((one) => readSimple(one, item, scope));
  }
  if (type.variety === "union") return text;
  const { builtIn } = type;
  if (builtIn === "string") return text;
  if (builtIn === "boolean") return /^\s*(?:true|1)\s*$/.test(text);
  if (builtIn === "decimal" || INTEGERS.has(builtIn)) return exactNumber(text.trim());
  if (builtIn === "double" || builtIn === "float") return Number.isFinite(Number(text)) ? Number(text) : text.trim();
  if (builtIn === "base64Binary") return text.replaceAll(/\s+/g, "");
  if (builtIn === "QName" || builtIn === "NOTATION") {
    const name = resolveName(text, scope);
    return name === undefined ? text.trim() : clark(name);
  }
  return builtIn === "normalizedString" || builtIn === "anySimpleType" ? text : text.trim();
}

/** The number if no digit of it is lost, else the text. */
function exactNumber(text: string): number | string {
  const number = Number(text);
  const written = String(number);
  return written === text || plain(written) === plain(text) ? number : text;
}

/** A decimal number in one spelling: without sign of plus, zeros at its ends, and a point that nothing follows. */
function plain(text: string): string {
  const [, sign = "", whole = "", part = ""] = /^([-+]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text) ?? [text, text];
  return `${sign === "-" ? "-" : ""}${whole || "0"}.${part}`;
}

function tokens(text: string): readonly string[] {
  return text.split(/[ \t\r\n]+/).filter(Boolean);
}

/** Gives a namespace its prefix. */
export type PrefixOf = (namespace: string) => string;

/** The text of a value, or undefined if values of its kind have none. Whether the text is one of the type is for the schema to say. */
export function writeSimple(value: unknown, type: SimpleType, prefixOf: PrefixOf): string | undefined {
  if (type.variety === "list" && Array.isArray(value)) {
    const { item } = type;
    const texts = value.map((one: unknown) => (item === undefined ? undefined : writeSimple(one, item, prefixOf)));
    return texts.includes(undefined) ? undefined : texts.join(" ");
  }
  if (typeof value === "string") return type.builtIn === "QName" ? prefixedName(value, prefixOf) : value;
  if (typeof value === "number") return numberText(value, type.builtIn);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return dateText(value, type.builtIn);
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString(type.builtIn === "hexBinary" ? "hex" : "base64");
  return undefined;
}

function numberText(value: number, builtIn: string): string {
  if (value === Infinity) return "INF";
  if (value === -Infinity) return "-INF";
  const text = String(value);
  // Decimals have no exponent.
  if (!text.includes("e") || builtIn === "double" || builtIn === "float") return text;
  return value.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 20 });
}

function dateText(value: Date, builtIn: string): string {
  const text = value.toISOString();
  if (builtIn === "date") return text.slice(0, 10);
  return builtIn === "time" ? text.slice(11) : text;
}

/** `{namespace}name` with a prefix; any other text as it is. */
export function prefixedName(text: string, prefixOf: PrefixOf): string {
  const [, namespace, name] = /^\{(.*)\}(.+)$/.exec(text) ?? [];
  return namespace === undefined || name === undefined ? text : `${prefixOf(namespace)}:${name}`;
}
