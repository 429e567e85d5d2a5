import { isRecord, type JsonSchema } from "@portolan/core";
import { typeWords } from "../../describe/schema-types.ts";
import { NOTHING, code, html, joined, table, type Html } from "./html.ts";

type Schema = JsonSchema | boolean;

/** Fields within fields; deeper ones are left to the documents. */
const DEPTH = 6;

/** What a body is, field by field, for people. `root` is where its references lead into. */
export function schemaTable(schema: Schema, root: Schema = schema): Html {
  const rows = rowsOf(schema, { root, path: "", depth: 0, open: [] });
  const own = followed(schema, root);
  const note = isRecord(own) && typeof own["description"] === "string" ? html`<p>${own["description"]}</p>` : NOTHING;
  if (rows.length === 0)
    return html`${note}
      <p>${joined([html`The whole body: `, code(typeWords(own)), limitsOf(own)], " ")}</p>`;
  return html`${note}${table(["Field", "Type", "Required", "What it is"], rows)}`;
}

interface At {
  readonly root: Schema;
  readonly path: string;
  readonly depth: number;
  /** The references that are being followed, so that what contains itself comes to an end. */
  readonly open: readonly string[];
}

type Row = readonly (Html | string)[];

function rowsOf(schema: Schema, at: At): readonly Row[] {
  const own = followed(schema, at.root);
  if (!isRecord(own) || at.depth > DEPTH) return [];
  const reference = isRecord(schema) && typeof schema["$ref"] === "string" ? [schema["$ref"]] : [];
  if (reference.some((one) => at.open.includes(one))) return [];
  const inner: At = { ...at, open: [...at.open, ...reference] };
  const list = itemsOf(own);
  if (list !== undefined) return rowsOf(list, { ...inner, path: `${at.path}[]` });
  const parts = [own, ...choices(own["allOf"])].map((part) => followed(part, at.root)).filter(isRecord);
  const required = new Set(parts.flatMap((part) => (Array.isArray(part["required"]) ? (part["required"] as unknown[]) : [])));
  const properties = parts.flatMap((part) => (isRecord(part["properties"]) ? Object.entries(part["properties"]) : []));
  const rows = properties.flatMap(([name, part]) =>
    fieldRows(isSchema(part) ? part : true, { ...inner, path: at.path === "" ? name : `${at.path}.${name}` }, required.has(name)),
  );
  const alternatives = [...choices(own["oneOf"]), ...choices(own["anyOf"])].filter((one) => rowsOf(one, inner).length > 0);
  return [
    ...rows,
    ...alternatives.flatMap((one, index): readonly Row[] => [
      [html`<em>either ${index + 1}</em>`, code(typeWords(one)), "", describe(one, at.root)],
      ...rowsOf(one, inner),
    ]),
  ];
}

function fieldRows(schema: Schema, at: At, isRequired: boolean): readonly Row[] {
  const own = followed(schema, at.root);
  const row: Row = [code(at.path), code(typeWords(schema)), isRequired ? "yes" : "", html`${describe(schema, at.root)}${limitsOf(own)}`];
  return [row, ...rowsOf(schema, { ...at, depth: at.depth + 1 })];
}

function describe(schema: Schema, root: Schema): Html {
  const own = followed(schema, root);
  const words = isRecord(own) ? (own["description"] ?? own["title"]) : undefined;
  return typeof words === "string" ? html`${words} ` : NOTHING;
}

const LIMITS: readonly (readonly [string, (value: unknown) => string])[] = [
  ["minimum", (value) => `at least ${String(value)}`],
  ["exclusiveMinimum", (value) => `more than ${String(value)}`],
  ["maximum", (value) => `at most ${String(value)}`],
  ["exclusiveMaximum", (value) => `less than ${String(value)}`],
  ["multipleOf", (value) => `a multiple of ${String(value)}`],
  ["minLength", (value) => `at least ${counted(value, "character")}`],
  ["maxLength", (value) => `at most ${counted(value, "character")}`],
  ["minItems", (value) => `at least ${counted(value, "item")}`],
  ["maxItems", (value) => `at most ${counted(value, "item")}`],
  ["uniqueItems", (value) => (value === true ? "no item twice" : "")],
  ["pattern", (value) => `matches ${String(value)}`],
  ["default", (value) => `default ${JSON.stringify(value)}`],
  ["readOnly", (value) => (value === true ? "only in replies" : "")],
  ["writeOnly", (value) => (value === true ? "only in requests" : "")],
  ["deprecated", (value) => (value === true ? "deprecated" : "")],
];

/** Numbers that JSON holds exactly end there: schemas of code say so of every whole number. */
function isNoLimit(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) >= Number.MAX_SAFE_INTEGER;
}

function counted(value: unknown, noun: string): string {
  return `${String(value)} ${noun}${value === 1 ? "" : "s"}`;
}

function limitsOf(schema: Schema): Html {
  if (!isRecord(schema)) return NOTHING;
  const words = LIMITS.flatMap(([key, say]) => (schema[key] === undefined || isNoLimit(schema[key]) ? [] : [say(schema[key])])).filter(
    Boolean,
  );
  const [example] = Array.isArray(schema["examples"]) ? (schema["examples"] as unknown[]) : [];
  const all = [...words, ...(example === undefined ? [] : [`such as ${JSON.stringify(example)}`])];
  return all.length === 0 ? NOTHING : html`<span class="limits">${all.join(", ")}</span>`;
}

function itemsOf(schema: JsonSchema): Schema | undefined {
  return isSchema(schema["items"]) && (schema["type"] === "array" || schema["type"] === undefined) ? schema["items"] : undefined;
}

function followed(schema: Schema, root: Schema): Schema {
  let at = schema;
  for (let hops = 0; hops < 16 && isRecord(at) && typeof at["$ref"] === "string" && at["$ref"].startsWith("#"); hops++) {
    let found: unknown = root;
    for (const token of at["$ref"].slice(1).split("/").slice(1)) {
      const name = decodeURIComponent(token).replaceAll("~1", "/").replaceAll("~0", "~");
      found = isRecord(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    }
    at = isSchema(found) ? found : true;
  }
  return at;
}

function choices(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "boolean" || isRecord(value);
}
