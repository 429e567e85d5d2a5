import { isRecord, type JsonSchema } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";

type Schema = JsonSchema | boolean;

const SYMBOL = /^[A-Za-z_]\w*$/;
const INT = 2 ** 31;
/** What a schema can demand that no type of Avro demands; it would be lost without a word. */
const UNSOUND = ["patternProperties", "not", "if", "dependentSchemas", "prefixItems", "allOf", "propertyNames"] as const;

/**
 * The Avro schema of a JSON Schema: maps with properties are records, others maps; what may be missing or null is a union with null. Limits such as
 * lengths and patterns have no place in Avro: they stay in `doc`. What has no type of Avro is refused with its path.
 */
export function avroOfJsonSchema(root: Schema): unknown {
  const named = new Set<string>();
  return write(root, { path: [], name: "Root" });

  function write(schema: Schema, at: At): unknown {
    if (typeof schema === "boolean") throw fault(at, "anything goes here, and Avro has no type for that");
    const unsound = UNSOUND.find((keyword) => schema[keyword] !== undefined);
    if (unsound !== undefined) throw fault(at, `${unsound} says what Avro cannot say`);
    if (typeof schema["$ref"] === "string") return reference(schema["$ref"], at);
    const choice = listIn(schema["anyOf"]) ?? listIn(schema["oneOf"]);
    if (choice !== undefined)
      return union(
        choice.map((part, index) => write(part, within(at, String(index)))),
        at,
      );
    if ("const" in schema) return ofValues([schema["const"]], schema, at);
    if (Array.isArray(schema["enum"])) return ofValues(schema["enum"], schema, at);
    const { type } = schema;
    if (Array.isArray(type))
      return union(
        (type as readonly unknown[]).map((one) => ofType(one, schema, at)),
        at,
      );
    return ofType(type ?? (isRecord(schema["properties"]) ? "object" : undefined), schema, at);
  }

  function ofType(type: unknown, schema: JsonSchema, at: At): unknown {
    switch (type) {
      case "null":
      case "boolean":
      case "string":
        return type;
      case "integer":
        return isInt(schema) ? "int" : "long";
      case "number":
        return schema["format"] === "float" ? "float" : "double";
      case "array":
        return { type: "array", items: write(schemaIn(schema["items"]), within(at, "item")) };
      case "object":
        return isRecord(schema["properties"]) && Object.keys(schema["properties"]).length > 0
          ? record(schema, schema["properties"], at)
          : map(schema, at);
      default:
        throw fault(at, type === undefined ? "no type is given here" : `${JSON.stringify(type)} is no type of JSON`);
    }
  }

  function record(schema: JsonSchema, properties: Readonly<Record<string, unknown>>, at: At): unknown {
    if (isRecord(schema["additionalProperties"])) throw fault(at, "a record of Avro has no fields beside those it names");
    const name = nameOf(schema, at);
    if (named.has(name)) return name;
    named.add(name);
    const required = new Set(Array.isArray(schema["required"]) ? schema["required"] : []);
    const fields = Object.entries(properties).map(([field, part]) => {
      if (!SYMBOL.test(field)) throw fault(at, `${JSON.stringify(field)} can be no name of a field in Avro: letters, digits and _`);
      const type = write(schemaIn(part), within(at, field));
      const doc = docOf(part);
      const base = { name: field, ...(doc === undefined ? {} : { doc }) };
      return required.has(field) ? { ...base, type } : { ...base, type: union(["null", type], at), default: null };
    });
    return { type: "record", name, ...(typeof schema["description"] === "string" ? { doc: schema["description"] } : {}), fields };
  }

  function map(schema: JsonSchema, at: At): unknown {
    const { additionalProperties } = schema;
    if (!isRecord(additionalProperties)) throw fault(at, "a map with fields of any name and type has no type in Avro");
    return { type: "map", values: write(additionalProperties, within(at, "value")) };
  }

  function ofValues(values: readonly unknown[], schema: JsonSchema, at: At): unknown {
    const texts = values.filter((value) => typeof value === "string");
    const isNullable = values.includes(null);
    if (texts.length + Number(isNullable) !== values.length) throw fault(at, "values that are no texts cannot be an enum of Avro");
    const type = texts.every((text) => SYMBOL.test(text)) ? enumeration(texts, nameOf(schema, at)) : "string";
    return isNullable ? union(["null", type], at) : type;
  }

  function enumeration(symbols: readonly string[], name: string): unknown {
    if (named.has(name)) return name;
    named.add(name);
    return { type: "enum", name, symbols };
  }

  function reference(pointer: string, at: At): unknown {
    if (at.path.length > 64) throw fault(at, `${pointer} leads to itself`);
    const name = pointer === "#" ? nameOf(root as JsonSchema, { path: [], name: "Root" }) : (pointer.split("/").at(-1) ?? "");
    const target = pointer === "#" ? root : definition(pointer);
    if (target === undefined) throw fault(at, `${pointer} leads nowhere in this schema`);
    return write(target, { path: [...at.path, pointer], name });
  }

  function definition(pointer: string): Schema | undefined {
    const [, kind, name] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(pointer) ?? [];
    const all = isRecord(root) && kind !== undefined ? root[kind] : undefined;
    const found = isRecord(all) && name !== undefined && Object.hasOwn(all, name) ? all[name] : undefined;
    return typeof found === "boolean" || isRecord(found) ? found : undefined;
  }
}

interface At {
  readonly path: readonly string[];
  /** What a type here is called, if its schema has no title. */
  readonly name: string;
}

function within({ path, name }: At, part: string): At {
  return { path: [...path, part], name: `${name}_${part.replaceAll(/\W/g, "_")}` };
}

/** Branches of one kind cannot be told apart; null comes first, so that it can be the default. */
function union(branches: readonly unknown[], at: At): unknown {
  const flat = branches.flatMap((branch) => (Array.isArray(branch) ? (branch as readonly unknown[]) : [branch]));
  const distinct = new Map(flat.map((branch) => [kindOf(branch), branch]));
  if (distinct.size < new Set(flat.map((branch) => JSON.stringify(branch))).size)
    throw fault(at, "two alternatives are of one kind, which Avro cannot tell apart");
  const rest = [...distinct].filter(([kind]) => kind !== "null").map(([, branch]) => branch);
  const all = distinct.has("null") ? ["null", ...rest] : rest;
  return all.length === 1 ? all[0] : all;
}

/** Of records, enums and the like the name; else the type. */
function kindOf(type: unknown): string {
  if (!isRecord(type)) return String(type);
  return String(type["name"] ?? type["type"]);
}

function isInt(schema: JsonSchema): boolean {
  const { format, minimum, maximum } = schema;
  return format === "int32" || (typeof minimum === "number" && typeof maximum === "number" && minimum >= -INT && maximum < INT);
}

function nameOf(schema: JsonSchema, at: At): string {
  const { title } = schema;
  return typeof title === "string" && /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/.test(title) ? title : at.name.replaceAll(/\W/g, "_");
}

/** What Avro cannot say is said to people. */
function docOf(schema: unknown): string | undefined {
  if (!isRecord(schema)) return undefined;
  const limits = ["format", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"]
    .filter((keyword) => schema[keyword] !== undefined && !/^(?:int32|int64|float|double)$/.test(String(schema[keyword])))
    .map((keyword) => `${keyword} ${String(schema[keyword])}`);
  const words = [...(typeof schema["description"] === "string" ? [schema["description"]] : []), ...limits];
  return words.length === 0 ? undefined : words.join("; ");
}

function listIn(value: unknown): readonly Schema[] | undefined {
  return Array.isArray(value) ? (value as readonly unknown[]).map((one) => schemaIn(one)) : undefined;
}

function schemaIn(value: unknown): Schema {
  return typeof value === "boolean" || isRecord(value) ? value : true;
}

function fault({ path }: At, reason: string): Error {
  return formatInvalid(`the JSON Schema cannot be written as Avro${path.length === 0 ? "" : `, at ${path.join(".")}`}: ${reason}`);
}
