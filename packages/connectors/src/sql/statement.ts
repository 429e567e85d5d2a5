import type { Dialect } from "./driver.ts";

/** A statement as a database takes it, and which value is where: a name may stand for several. */
export interface ParsedStatement {
  readonly text: string;
  readonly names: readonly string[];
  /** What is no parameter by name though it looks like one of another kind. */
  readonly strays: readonly string[];
}

/** Texts, quoted names, comments, texts in dollars, parameters by name, and what may be taken for a parameter. */
const QUOTED = String.raw`"(?:[^"]|"")*"|\x60[^\x60]*\x60|--[^\n]*|/\*[\s\S]*?\*/`;
const PARAMETERS = String.raw`(?<![\w:\]]):(?<name>[A-Za-z_]\w*)`;
const PLAIN = new RegExp(
  String.raw`[eE]'(?:[^'\\]|''|\\[\s\S])*'|'(?:[^']|'')*'|${QUOTED}|(?<![\w$])\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$|${PARAMETERS}|(?<stray>(?<![\w$])\$\d+)`,
  "g",
);
const WITH_BACKSLASHES = new RegExp(
  String.raw`'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|#[^\n]*|${QUOTED}|${PARAMETERS}|(?<stray>\?)`,
  "g",
);

/** Puts the dialect's own parameters in the place of `:name`; texts, comments and casts (`::`) are left alone. */
export function parseStatement(statement: string, dialect: Dialect): ParsedStatement {
  const names: string[] = [];
  const strays: string[] = [];
  const text = statement.replaceAll(dialect.hasBackslashes ? WITH_BACKSLASHES : PLAIN, (whole: string, ...found: unknown[]) => {
    // Groups by name come last.
    const { name, stray } = found.at(-1) as { readonly name?: string; readonly stray?: string };
    if (stray !== undefined) strays.push(stray);
    return name === undefined ? whole : dialect.parameter(names.push(name) - 1);
  });
  return { text, names, strays };
}

export interface TableWrite {
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: readonly string[] | undefined;
}

/** The statement that inserts a row, or changes the one of its key; the parameters are named like the columns. */
export function writeStatement({ table, columns, key }: TableWrite, dialect: Dialect): ParsedStatement {
  const names = columns.map(dialect.identifier).join(", ");
  const values = columns.map((_, index) => dialect.parameter(index)).join(", ");
  const others = columns.filter((column) => !key?.includes(column));
  const upsert = key === undefined ? "" : ` ${dialect.upsert(key, others)}`;
  return { text: `insert into ${dialect.identifier(table)} (${names}) values (${values})${upsert}`, names: columns, strays: [] };
}
