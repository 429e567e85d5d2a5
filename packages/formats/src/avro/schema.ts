import { describeValue, isRecord, PortolanError } from "@portolan/core";

export type AvroType =
  | { readonly kind: "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string" }
  | { readonly kind: "record"; readonly name: string; readonly fields: readonly AvroField[] }
  | { readonly kind: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: "fixed"; readonly name: string; readonly size: number }
  | { readonly kind: "array" | "map"; readonly items: AvroType }
  | { readonly kind: "union"; readonly branches: readonly AvroType[] };

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
  /** What is written where the field is missing; undefined if there is none. */
  readonly fallback: unknown;
}

const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] as const;
const NAME = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/;

/** The type that a schema describes (Avro 1.12). Logical types are what they are made of. */
export function readAvroSchema(schema: unknown): AvroType {
  const named = new Map<string, AvroType>();

  function read(given: unknown, namespace: string): AvroType {
    if (typeof given === "string") return byName(given, namespace);
    if (Array.isArray(given)) return { kind: "union", branches: given.map((branch) => read(branch, namespace)) };
    if (!isRecord(given)) throw schemaFault(`expected a type, found ${describeValue(given)}`);
    const { type } = given;
    if (type === "array") return { kind: "array", items: read(given["items"], namespace) };
    if (type === "map") return { kind: "map", items: read(given["values"], namespace) };
    if (type === "record" || type === "error") return readRecord(given, namespace);
    if (type === "enum") return define(given, namespace, (name) => ({ kind: "enum", name, symbols: textsOf(given["symbols"], name) }));
    if (type === "fixed") return define(given, namespace, (name) => ({ kind: "fixed", name, size: sizeOf(given["size"], name) }));
    return read(type, namespace);
  }

  function byName(name: string, namespace: string): AvroType {
    const primitive = PRIMITIVES.find((one) => one === name);
    if (primitive !== undefined) return { kind: primitive };
    const found = named.get(fullName(name, namespace)) ?? named.get(name);
    if (found === undefined) throw schemaFault(`expected a type that is defined before, found ${JSON.stringify(name)}`);
    return found;
  }

  function define(given: Readonly<Record<string, unknown>>, namespace: string, make: (name: string) => AvroType): AvroType {
    const name = nameOf(given, namespace);
    if (named.has(name)) throw schemaFault(`the name ${name} is defined twice`);
    const type = make(name);
    named.set(name, type);
    return type;
  }

  /** It is known before its fields are: they may refer to it. */
  function readRecord(given: Readonly<Record<string, unknown>>, namespace: string): AvroType {
    const fields: AvroField[] = [];
    const record = define(given, namespace, (name) => ({ kind: "record", name, fields }));
    const name = nameOf(given, namespace);
    const own = name.includes(".") ? name.slice(0, name.lastIndexOf(".")) : "";
    if (!Array.isArray(given["fields"]))
      throw schemaFault(`expected fields of the record ${name}, found ${describeValue(given["fields"])}`);
    for (const field of given["fields"] as readonly unknown[]) {
      if (!isRecord(field) || typeof field["name"] !== "string" || !NAME.test(field["name"])) {
        throw schemaFault(`expected a field with a name in the record ${name}, found ${describeValue(field)}`);
      }
      fields.push({ name: field["name"], type: read(field["type"], own), fallback: field["default"] });
    }
    return record;
  }

  return read(schema, "");
}

/** What errors call a type. */
export function avroName(type: AvroType): string {
  switch (type.kind) {
    case "record":
    case "enum":
    case "fixed":
      return `${type.kind} ${type.name}`;
    case "union":
      return type.branches.map(avroName).join(" or ");
    case "array":
      return "list";
    default:
      return type.kind;
  }
}

function nameOf({ name, namespace }: Readonly<Record<string, unknown>>, outer: string): string {
  if (typeof name !== "string" || !NAME.test(name)) throw schemaFault(`expected the name of a type, found ${describeValue(name)}`);
  return fullName(name, typeof namespace === "string" ? namespace : outer);
}

function fullName(name: string, namespace: string): string {
  return name.includes(".") || namespace === "" ? name : `${namespace}.${name}`;
}

function textsOf(symbols: unknown, name: string): readonly string[] {
  if (Array.isArray(symbols) && symbols.every((symbol) => typeof symbol === "string")) return symbols;
  throw schemaFault(`expected the symbols of the enum ${name}, found ${describeValue(symbols)}`);
}

function sizeOf(size: unknown, name: string): number {
  if (typeof size === "number" && Number.isInteger(size) && size >= 0) return size;
  throw schemaFault(`expected the size of the fixed ${name}, found ${describeValue(size)}`);
}

function schemaFault(reason: string): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `the Avro schema is not valid: ${reason}`);
}
