import type { MappingRow } from "./rows.ts";

/** What stands at one target: the value of a row, or fields; of a list, what stands in each of its items. */
export interface Target {
  readonly isList: boolean;
  row?: NumberedRow;
  readonly fields: Map<string, Target>;
}

export interface NumberedRow extends MappingRow {
  /** Counted from 1, as people count rows. */
  readonly number: number;
}

/** The tree of targets that rows name, and what contradicts itself in it. */
export function targetTree(rows: readonly NumberedRow[]): { readonly root: Target; readonly faults: readonly string[] } {
  const root: Target = { isList: false, fields: new Map() };
  const faults = rows.flatMap((row) => place(root, row) ?? []);
  return { root, faults: [...faults, ...sourceless(root, "")] };
}

/** Puts a row where it belongs, or says why it cannot be there. */
function place(root: Target, row: NumberedRow): string | undefined {
  let target = root;
  for (const part of row.to.split(".")) {
    if (target.row !== undefined && !target.isList) return `row ${row.number}: ${row.to} lies within the value of row ${target.row.number}`;
    const isList = part.endsWith("[]");
    const name = isList ? part.slice(0, -2) : part;
    const field = target.fields.get(name) ?? { isList, fields: new Map<string, Target>() };
    if (field.isList !== isList) return `row ${row.number}: ${name} is a list in one row and none in another; a list is written ${name}[]`;
    target.fields.set(name, field);
    target = field;
  }
  if (target.row !== undefined) return `row ${row.number}: ${row.to} has its value from row ${target.row.number}`;
  if (!target.isList && target.fields.size > 0) return `row ${row.number}: ${row.to} has fields from other rows`;
  target.row = row;
  return undefined;
}

function sourceless(target: Target, path: string): readonly string[] {
  return [...target.fields].flatMap(([name, field]) => {
    const to = `${path}${name}${field.isList ? "[]" : ""}`;
    const fault = field.isList && field.row === undefined ? [`no row says where the items of ${to} come from`] : [];
    return [...fault, ...sourceless(field, `${to}.`)];
  });
}
