import { PortolanError, isRecord, type ValueMapDefinition } from "@portolan/core";

/** The rows of a value map, indexed by the text of their keys. */
export interface Rows {
  readonly columns: readonly string[];
  keys(): readonly string[];
  /** What stands for a key: the map's own column unless another is named. */
  forth(key: string, column?: string): { readonly value: unknown } | undefined;
  /** The key of a value; two keys of one value are an error, since none is the right one. */
  back(value: string): { readonly value: unknown } | undefined;
}

type Row = Readonly<Record<string, unknown>>;

/** Indexes a list of rows, or one map of values. Throws PORTOLAN_VALUE_INVALID for a content that is neither, and for a key that two rows have. */
export function readRows(content: unknown, { name, key, value }: Pick<ValueMapDefinition, "name" | "key" | "value">): Rows {
  const list = isRecord(content) ? Object.entries(content).map(([from, to]) => ({ key: from, value: to })) : content;
  if (!Array.isArray(list) || !list.every((row) => isRecord(row)))
    throw unusable(name, "expected a list of rows, or one map", Array.isArray(list) ? "a list with something else" : typeof content);
  const columns = Object.keys(list[0] ?? {});
  const [keyColumn, valueColumn] = [
    key ?? columns[0] ?? "key",
    value ?? columns.find((column) => column !== (key ?? columns[0])) ?? "value",
  ];
  for (const column of [keyColumn, valueColumn]) {
    if (list.length > 0 && !columns.includes(column))
      throw unusable(name, `expected a column ${JSON.stringify(column)}`, columns.join(", "));
  }
  const index = new Map<string, Row>();
  for (const row of list) {
    const text = textOf(row[keyColumn]);
    if (text === undefined) throw unusable(name, "expected a key in every row", JSON.stringify(row));
    if (index.has(text)) throw unusable(name, "expected every key once", JSON.stringify(text));
    index.set(text, row);
  }
  return {
    columns,
    keys: () => [...index.keys()],
    forth(of, column = valueColumn) {
      const row = index.get(of);
      return row === undefined || !Object.hasOwn(row, column) ? undefined : { value: row[column] };
    },
    back: reversed(index, { name, keyColumn, valueColumn }),
  };
}

interface Columns {
  readonly name: string;
  readonly keyColumn: string;
  readonly valueColumn: string;
}

function reversed(index: ReadonlyMap<string, Row>, { name, keyColumn, valueColumn }: Columns): Rows["back"] {
  let back: Map<string, Row[]> | undefined;
  return (value) => {
    back ??= Map.groupBy(index.values(), (row) => textOf(row[valueColumn]) ?? "");
    const rows = back.get(value) ?? [];
    if (rows.length > 1)
      throw unusable(name, `expected one key for ${JSON.stringify(value)}`, rows.map((row) => textOf(row[keyColumn])).join(" and "));
    return rows[0] === undefined ? undefined : { value: rows[0][keyColumn] };
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function unusable(name: string, expected: string, found: string): PortolanError {
  return new PortolanError("PORTOLAN_VALUE_INVALID", `the value map ${name} cannot be used: ${expected}, found ${found}`);
}
