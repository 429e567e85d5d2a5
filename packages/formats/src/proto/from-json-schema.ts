import { isRecord, type JsonSchema } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";

type Schema = JsonSchema | boolean;

const NAME = /^[A-Za-z_]\w*$/;
/** Names that mean a type to the language itself. */
const TIMESTAMP = "google.protobuf.Timestamp";

/**
 * A proto3 file of a JSON Schema: a map with properties is a message, a list is repeated, what may be null or missing is optional. Fields are numbered as they
 * stand; `x-field-number` keeps the number of one whose place changes. What has no type of Protobuf is refused with its path.
 */
export function protoOfJsonSchema(root: Schema, packageName: string | undefined): string {
  const imports = new Set<string>();
  const whole = resolve(root, []);
  const name = lastName(whole["title"]) ?? "Root";
  const inTitle =
    typeof whole["title"] === "string" && whole["title"].includes(".")
      ? whole["title"].slice(0, whole["title"].lastIndexOf("."))
      : undefined;
  const open: string[] = [];
  const messages = new Map<string, string>();
  const text = message(name, whole, []);
  const head = [
    'syntax = "proto3";',
    ...((packageName ?? inTitle) === undefined ? [] : [`package ${packageName ?? inTitle};`]),
    ...[...imports].map((one) => `import "${one}";`),
  ];
  return `${[head.join("\n"), text, ...messages.values()].join("\n\n")}\n`;

  function message(called: string, schema: JsonSchema, path: readonly string[]): string {
    const { properties } = schema;
    if (!isRecord(properties) || Object.keys(properties).length === 0) throw fault(path, "a message needs properties");
    if (!NAME.test(called)) throw fault(path, `${JSON.stringify(called)} can be no name of a message`);
    const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
    const inner: string[] = [];
    const taken = new Set(
      Object.values(properties).flatMap((part) =>
        isRecord(part) && typeof part["x-field-number"] === "number" ? [part["x-field-number"]] : [],
      ),
    );
    let next = 1;
    const fields = Object.entries(properties).map(([key, part]) => {
      if (!NAME.test(key)) throw fault([...path, key], `${JSON.stringify(key)} can be no name of a field in Protobuf`);
      while (taken.has(next)) next += 1;
      const given = isRecord(part) ? part["x-field-number"] : undefined;
      const number = typeof given === "number" ? given : next++;
      const { type, isPlain } = fieldType(schemaIn(part), { key, path: [...path, key], inner });
      const label = isPlain && !required.has(key) ? "optional " : "";
      const renamed = jsonNameOf(key) === key ? "" : ` [json_name = "${key}"]`;
      return `  ${label}${type} ${key} = ${number}${renamed};`;
    });
    return `message ${called} {\n${[...inner.map((one) => one.replaceAll(/^/gm, "  ")), ...fields].join("\n")}\n}`;
  }

  function fieldType(given: Schema, at: FieldAt): FieldType {
    const reference = isRecord(given) && typeof given["$ref"] === "string" ? given["$ref"] : undefined;
    if (reference !== undefined) return { type: referenced(reference, at.path), isPlain: false };
    const schema = resolve(given, at.path);
    if (Array.isArray(schema["enum"]) || "const" in schema) return { type: enumeration(schema, at), isPlain: true };
    switch (schema["type"] ?? (isRecord(schema["properties"]) ? "object" : undefined)) {
      case "string":
        return { type: textType(schema), isPlain: schema["format"] !== "date-time" };
      case "integer":
        return { type: schema["format"] === "int32" ? "int32" : "int64", isPlain: true };
      case "number":
        return { type: schema["format"] === "float" ? "float" : "double", isPlain: true };
      case "boolean":
        return { type: "bool", isPlain: true };
      case "array":
        return { type: `repeated ${element(schemaIn(schema["items"]), at, "a list of lists")}`, isPlain: false };
      case "object":
        return { type: mapType(schema, at), isPlain: false };
      default:
        throw fault(
          at.path,
          schema["type"] === undefined ? "no single type is given here" : `${JSON.stringify(schema["type"])} is no type of a field`,
        );
    }
  }

  function element(item: Schema, at: FieldAt, what: string): string {
    const { type } = fieldType(item, at);
    if (/^(?:repeated|map)\b/.test(type)) throw fault(at.path, `${what} has no type in Protobuf`);
    return type;
  }

  function mapType(schema: JsonSchema, at: FieldAt): string {
    if (isRecord(schema["properties"]) && Object.keys(schema["properties"]).length > 0) {
      const called = typeName(at.key);
      at.inner.push(message(called, schema, at.path));
      return called;
    }
    if (!isRecord(schema["additionalProperties"])) throw fault(at.path, "a map with fields of any name and type has no type in Protobuf");
    return `map<string, ${element(schema["additionalProperties"], at, "a map of lists or maps")}>`;
  }

  function textType(schema: JsonSchema): string {
    if (schema["contentEncoding"] === "base64") return "bytes";
    if (schema["format"] !== "date-time") return "string";
    imports.add("google/protobuf/timestamp.proto");
    return TIMESTAMP;
  }

  function enumeration(schema: JsonSchema, { key, path, inner }: FieldAt): string {
    const values = Array.isArray(schema["enum"])
      ? (schema["enum"] as readonly unknown[]).filter((value) => value !== null)
      : [schema["const"]];
    if (!values.every((value) => typeof value === "string")) throw fault(path, "values that are no texts cannot be an enum of Protobuf");
    if (!values.every((value) => NAME.test(value))) return "string";
    const called = lastName(schema["title"]) ?? typeName(key);
    const numbers = schema["x-enum-numbers"];
    // The first value has the number 0, and is what a field is that nobody has set.
    const unset = `${key.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toUpperCase()}_UNSPECIFIED`;
    const lines = Array.isArray(numbers)
      ? values.map((value, at) => `${value} = ${String(numbers[at])}`)
      : [unset, ...values].map((value, at) => `${value} = ${at}`);
    inner.push(`enum ${called} {\n${lines.map((line) => `  ${line};`).join("\n")}\n}`);
    return called;
  }

  function referenced(pointer: string, path: readonly string[]): string {
    if (pointer === "#") return name;
    const [, kind = "", key = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(pointer) ?? [];
    const all = isRecord(root) ? root[kind] : undefined;
    const found = isRecord(all) ? all[key] : undefined;
    if (!isRecord(found)) throw fault(path, `${pointer} leads nowhere in this schema`);
    const called = key.split(".").at(-1) ?? key;
    if (!messages.has(called) && !open.includes(called)) {
      open.push(called);
      messages.set(called, message(called, resolve(found, path), path));
    }
    return called;
  }

  function resolve(given: Schema, path: readonly string[]): JsonSchema {
    if (typeof given === "boolean") throw fault(path, "anything goes here, and Protobuf has no type for that");
    const { type, anyOf, oneOf } = given;
    const choice = anyOf ?? oneOf;
    if (Array.isArray(choice)) {
      const ways = (choice as readonly unknown[]).filter((way) => isRecord(way) && way["type"] !== "null");
      if (ways.length !== 1 || !isRecord(ways[0])) throw fault(path, "one of several types has no type in Protobuf");
      return ways[0];
    }
    if (!Array.isArray(type)) return given;
    const types = (type as readonly unknown[]).filter((one) => one !== "null");
    // Whole numbers of 64 bits, which JSON writes as texts.
    if (types.length === 2 && types.includes("string") && types.includes("integer")) return { ...given, type: "integer" };
    return { ...given, type: types.length === 1 ? types[0] : undefined };
  }
}

interface FieldAt {
  readonly key: string;
  readonly path: readonly string[];
  /** Messages and enums that stand within the message. */
  readonly inner: string[];
}

interface FieldType {
  readonly type: string;
  /** Whether `optional` tells that it is missing; messages and lists tell it by themselves. */
  readonly isPlain: boolean;
}

function lastName(title: unknown): string | undefined {
  const last = typeof title === "string" ? title.split(".").at(-1) : undefined;
  return last !== undefined && NAME.test(last) ? last : undefined;
}

function typeName(key: string): string {
  return key.replaceAll(/(?:^|_)([a-zA-Z0-9])/g, (_whole, letter: string) => letter.toUpperCase());
}

/** What Protobuf calls a field in JSON unless it is told otherwise. */
function jsonNameOf(key: string): string {
  return key.replaceAll(/_+([a-zA-Z0-9])?/g, (_whole, letter: string | undefined) => (letter ?? "").toUpperCase());
}

function schemaIn(value: unknown): Schema {
  return typeof value === "boolean" || isRecord(value) ? value : true;
}

function fault(path: readonly string[], reason: string): Error {
  return formatInvalid(`the JSON Schema cannot be written as Protobuf${path.length === 0 ? "" : `, at ${path.join(".")}`}: ${reason}`);
}
