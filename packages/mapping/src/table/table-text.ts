import { JsonataError } from "../compiled/errors.ts";
import { parse } from "../compiled/parser.ts";
import type { MappingRow } from "./rows.ts";
import { targetTree, type NumberedRow, type Target } from "./targets.ts";

/** The JSONata that a table stands for: one construction of an object, so that it costs what the same written by hand costs. */
export function tableText(rows: readonly MappingRow[]): string {
  const numbered = rows.map((row, index) => ({ ...row, number: index + 1 }));
  const { root, faults } = targetTree(numbered);
  const all = [...faults, ...numbered.flatMap((row) => sourceFaults(row))];
  if (all.length > 0) throw new SyntaxError(`the mapping table cannot be used: ${all.join("; ")}`);
  return fieldsText(root);
}

/** Each source is read alone, so that none can reach into the text around it. */
function sourceFaults({ number, to, from, expression }: NumberedRow): readonly string[] {
  const text = from ?? expression;
  if (text === undefined) return [];
  try {
    parse(text);
    return [];
  } catch (error) {
    if (!(error instanceof JsonataError)) throw error;
    return [`row ${number} (${to}): ${error.message}`];
  }
}

function fieldsText({ fields }: Target): string {
  const texts = [...fields].map(([name, target]) => `${JSON.stringify(name)}: ${targetText(target)}`);
  return texts.length === 0 ? "{}" : `{ ${texts.join(",\n")} }`;
}

function targetText(target: Target): string {
  if (target.row === undefined) return fieldsText(target);
  if (!target.isList) return valueText(target.row);
  const source = valueText(target.row);
  return target.fields.size === 0 ? `[${source}]` : `[${source}.${fieldsText(target)}]`;
}

/** A row's value: its source, then the value map, then what stands for nothing. A line break ends a comment of the source. */
function valueText(row: NumberedRow): string {
  const source = Object.hasOwn(row, "constant") ? constantText(row.constant) : (row.from ?? row.expression);
  const own = source === undefined ? undefined : `(${source}\n)`;
  const value = row.lookup === undefined || own === undefined ? own : lookupText(row, own);
  if (value === undefined) return constantText(row.default);
  const otherwise = Object.hasOwn(row, "default") ? constantText(row.default) : undefined;
  const given = otherwise === undefined ? value : `($value := ${value}; $exists($value) and $value != null ? $value : ${otherwise})`;
  return row.required === true ? `$required(${given}, ${JSON.stringify(row.to)})` : given;
}

/** What the map does not have is an error, unless the row has a default. */
function lookupText(row: NumberedRow, own: string): string {
  const otherwise = Object.hasOwn(row, "default") ? `, { "otherwise": null }` : "";
  return `$valueMap(${JSON.stringify(row.lookup)}, ${own}${otherwise})`;
}

/** JSON is JSONata, but for the numbers of keys: a map is written as one anyway. */
function constantText(value: unknown): string {
  return JSON.stringify(value ?? null);
}
