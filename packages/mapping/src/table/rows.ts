import { isRecord } from "@portolan/core";
import { parseDocument } from "yaml";

/** A row of a mapping table: where a value goes, and where it comes from. */
export interface MappingRow {
  /** The target, such as `customer.name`, `lines[]` (a list, one item for each of the source's) or `lines[].sku`. */
  readonly to: string;
  /** A path in the source, in a list relative to the item: `body.cust.nm`, `sku`. */
  readonly from?: string;
  /** Any JSONata instead of a path. `$$` is the message everywhere, `$` the item of the list. */
  readonly expression?: string;
  /** A value instead of a source. */
  readonly constant?: unknown;
  /** The value map through which the value goes. */
  readonly lookup?: string;
  /** Stands for nothing and for null. */
  readonly default?: unknown;
  /** Nothing and null are an error. */
  readonly required?: boolean;
  readonly note?: string;
}

const KEYS: ReadonlySet<string> = new Set(["to", "from", "expression", "constant", "lookup", "default", "required", "note"]);
const SOURCES = ["from", "expression", "constant"] as const;

/** The rows of a table written in YAML or JSON: a list, or a map with `rows`. Everything that is wrong with it is in one SyntaxError. */
export function readRows(text: string): readonly MappingRow[] {
  const document = parseDocument(text, { logLevel: "silent" });
  const [broken] = document.errors;
  if (broken !== undefined) throw new SyntaxError(`the mapping table is no YAML: ${broken.message}`);
  const data: unknown = document.toJS({ maxAliasCount: 0 });
  const rows = Array.isArray(data) ? data : isRecord(data) && Array.isArray(data["rows"]) ? data["rows"] : undefined;
  if (rows === undefined) throw new SyntaxError("a mapping table is a list of rows, such as - { to: customer.name, from: body.name }");
  return checkRows(rows);
}

function checkRows(rows: readonly unknown[]): readonly MappingRow[] {
  const faults = rows.flatMap((row, index) => faultsOf(row).map((fault) => `row ${index + 1}: ${fault}`));
  if (faults.length > 0) throw new SyntaxError(`the mapping table cannot be used: ${faults.join("; ")}`);
  // Each of them has just been checked.
  return rows as readonly MappingRow[];
}

function faultsOf(row: unknown): readonly string[] {
  if (!isRecord(row)) return ["expected a map with `to`"];
  const faults = Object.keys(row)
    .filter((key) => !KEYS.has(key))
    .map((key) => `unknown key ${JSON.stringify(key)}; known: ${[...KEYS].join(", ")}`);
  for (const key of ["to", "from", "expression", "lookup", "note"]) {
    if (Object.hasOwn(row, key) && typeof row[key] !== "string") faults.push(`${key} must be a text`);
  }
  if (typeof row["to"] === "string" && !isTarget(row["to"]))
    faults.push(`${JSON.stringify(row["to"])} is no target such as customer.name or lines[].sku`);
  if (!Object.hasOwn(row, "to")) faults.push("`to` is missing");
  const sources = SOURCES.filter((key) => Object.hasOwn(row, key));
  if (sources.length > 1) faults.push(`only one of ${sources.join(" and ")} can be the source`);
  if (sources.length === 0 && !Object.hasOwn(row, "default")) faults.push("one of from, expression, constant or default is needed");
  if (Object.hasOwn(row, "required") && typeof row["required"] !== "boolean") faults.push("required must be true or false");
  return faults;
}

function isTarget(text: string): boolean {
  return text.split(".").every((part) => /^[^[\].]+(?:\[\])?$/.test(part));
}
