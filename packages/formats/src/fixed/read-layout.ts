import { describeValue, isRecord, PortolanError, unknownKey } from "@portolan/core";
import type { Field, FixedLayout, GroupField, NumberCoding, RecordType } from "./layout.ts";
import { readPicture } from "./picture.ts";

interface Place {
  readonly at: string;
}

const FIELD_KEYS = ["name", "start", "length", "type", "picture", "usage", "decimals", "sign", "pad", "align", "occurs", "fields"];

/** A layout as people write it; PORTOLAN_CONFIG_INVALID says what is wrong with it. */
export function readFixedLayout(given: unknown, name: string): FixedLayout {
  const layout = mapOf(given, { at: name, keys: ["records", "order", "fields"] });
  const at = `${name}, fields`;
  const records =
    layout["records"] === undefined
      ? [recordType(undefined, { fields: layout["fields"] }, { at: name })]
      : readRecords(layout["records"], name);
  if (layout["records"] !== undefined && layout["fields"] !== undefined)
    throw unusable(at, "records or fields, not both", layout["fields"]);
  const isBinary = records.some(({ fields }) => hasBinary(fields));
  return { records, order: readOrder(layout["order"], { at: `${name}, order`, records }), isBinary };
}

function hasBinary(fields: readonly Field[]): boolean {
  return fields.some((field) =>
    field.kind === "group" ? hasBinary(field.fields) : field.kind === "number" && (field.coding === "packed" || field.coding === "binary"),
  );
}

function readRecords(given: unknown, name: string): readonly RecordType[] {
  const types = Object.entries(mapOf(given, { at: `${name}, records` })).map(([type, one]) =>
    recordType(type, one, { at: `${name}, records.${type}` }),
  );
  const open = types.filter(({ when }) => when === undefined);
  if (types.length === 0 || open.length > 1 || (open.length === 1 && types.at(-1)?.when !== undefined)) {
    throw unusable(`${name}, records`, "types that are told apart by `when: { start, value }`, of which the last may be all others", given);
  }
  return types;
}

function recordType(name: string | undefined, given: unknown, { at }: Place): RecordType {
  const { when, fields } = mapOf(given, { at, keys: ["when", "fields"] });
  const read = readFields(fields, { at: `${at}.fields` });
  if (name !== undefined && read.some((field) => "name" in field && field.name === "record")) {
    throw unusable(`${at}.fields`, "no field named record, which holds the record's type", fields);
  }
  return { name, when: when === undefined ? undefined : readWhen(when, `${at}.when`), fields: read, length: lengthOf(read) };
}

function readWhen(given: unknown, at: string): RecordType["when"] {
  const { start, value } = mapOf(given, { at, keys: ["start", "value"] });
  if (!isCount(start) || start < 1 || typeof value !== "string" || value === "") {
    throw unusable(at, "{ start: a column from 1, value: the text that stands there }", given);
  }
  return { start, value };
}

function lengthOf(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => {
    const times = field.kind === "filler" ? 1 : (field.occurs?.max ?? 1);
    return sum + times * (field.kind === "group" ? lengthOf(field.fields) : field.length);
  }, 0);
}

function readFields(given: unknown, { at }: Place): readonly Field[] {
  if (!Array.isArray(given) || given.length === 0) throw unusable(at, "a list of fields", given);
  const fields: Field[] = [];
  const names = new Set<string>();
  for (const [index, one] of given.entries() as Iterable<[number, unknown]>) {
    const place = `${at}.${index}`;
    const field = readField(one, { at: place });
    const start = isRecord(one) ? one["start"] : undefined;
    if (start !== undefined) fields.push(...gapBefore(start, fields, { at: place }));
    if (field.kind !== "filler") {
      if (names.has(field.name)) throw unusable(place, "each name once", field.name);
      const by = field.occurs?.by;
      if (by !== undefined && !names.has(by)) throw unusable(`${place}.occurs`, "an earlier field that holds the count", by);
      names.add(field.name);
    }
    fields.push(field);
  }
  return fields;
}

/** What lies between the end of the fields before and a start that is given. */
function gapBefore(start: unknown, before: readonly Field[], { at }: Place): Field[] {
  const end = lengthOf(before);
  const isVariable = before.some((field) => field.kind !== "filler" && field.occurs?.by !== undefined);
  if (!isCount(start) || start <= end || isVariable) {
    const expected = isVariable ? "no start after a field that occurs variably" : `a start after the field before, from ${end + 1} on`;
    throw unusable(`${at}.start`, expected, start);
  }
  return start === end + 1 ? [] : [{ kind: "filler", length: start - 1 - end, pad: " " }];
}

function readField(given: unknown, { at }: Place): Field {
  const field = mapOf(given, { at, keys: [...FIELD_KEYS, "filler"] });
  const { filler, name, fields } = field;
  if (filler !== undefined) {
    if (!isCount(filler) || filler < 1) throw unusable(`${at}.filler`, "a length", filler);
    return { kind: "filler", length: filler, pad: padOf(field["pad"], " ", `${at}.pad`) };
  }
  if (typeof name !== "string" || name === "") throw unusable(at, "a field with a name, or { filler: LENGTH }", given);
  const named = { name, ...occursOf(field["occurs"], `${at}.occurs`) };
  if (fields !== undefined) return { kind: "group", ...named, fields: readFields(fields, { at: `${at}.fields` }) } satisfies GroupField;
  const { type, length, decimals, sign } = readType(field, at);
  if (type === "text") {
    const align = field["align"] ?? "left";
    if (align !== "left" && align !== "right") throw unusable(`${at}.align`, "left or right", align);
    return { kind: "text", ...named, length, pad: padOf(field["pad"], " ", `${at}.pad`), align };
  }
  const coding: NumberCoding = type === "number" ? (sign === "overpunch" ? "zoned" : "text") : type;
  return { kind: "number", ...named, coding, length, decimals, sign, pad: padOf(field["pad"], "0", `${at}.pad`) };
}

const TYPES = ["text", "number", "zoned", "packed", "binary"] as const;
const SIGNS = ["none", "leading", "trailing", "overpunch"] as const;

function readType(field: Readonly<Record<string, unknown>>, at: string) {
  const { picture, usage } = field;
  const pictured = picture === undefined ? undefined : readPicture(picture, usage);
  if (typeof pictured === "string")
    throw unusable(
      `${at}.picture`,
      pictured,
      usage === undefined ? picture : `${describeShort(picture)} with usage ${describeShort(usage)}`,
    );
  const type = TYPES.find((one) => one === (field["type"] ?? pictured?.type ?? "text"));
  const length = field["length"] ?? pictured?.length;
  const decimals = field["decimals"] ?? pictured?.decimals ?? 0;
  const signed = type === "zoned" ? "overpunch" : "none";
  const sign = SIGNS.find((one) => one === (field["sign"] ?? pictured?.sign ?? signed));
  if (type === undefined) throw unusable(`${at}.type`, `one of ${TYPES.join(", ")}`, field["type"]);
  if (sign === undefined) throw unusable(`${at}.sign`, `one of ${SIGNS.join(", ")}`, field["sign"]);
  if (!isCount(length) || length < 1) throw unusable(`${at}.length`, "a length from 1 on", length);
  if (!isCount(decimals) || decimals > 30) throw unusable(`${at}.decimals`, "the number of digits after the decimal point", decimals);
  if (type === "binary" && ![1, 2, 4, 8].includes(length)) throw unusable(`${at}.length`, "1, 2, 4 or 8 bytes", length);
  return { type, length, decimals, sign };
}

function occursOf(given: unknown, at: string): { readonly occurs?: { readonly max: number; readonly by?: string } } {
  if (given === undefined) return {};
  if (isCount(given) && given > 0) return { occurs: { max: given } };
  const { max, by } = mapOf(given, { at, keys: ["max", "by"] });
  if (isCount(max) && max > 0 && typeof by === "string") return { occurs: { max, by } };
  throw unusable(at, "a count, or { max: COUNT, by: FIELD }", given);
}

function padOf(given: unknown, otherwise: string, at: string): string {
  if (given === undefined) return otherwise;
  if (typeof given === "string" && given.length === 1) return given;
  throw unusable(at, "one character", given);
}

function readOrder(given: unknown, { at, records }: Place & { readonly records: readonly RecordType[] }): FixedLayout["order"] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw unusable(at, "a list of record types", given);
  return given.map((one: unknown, index) => {
    const [, record = "", min, max] = (typeof one === "string" ? /^(\S+)(?: (\d+)\.\.(\d*))?$/.exec(one) : null) ?? [];
    if (!records.some(({ name }) => name === record)) {
      throw unusable(`${at}.${index}`, `a record type such as "${records[0]?.name ?? "detail"} 0.."`, one);
    }
    if (min === undefined) return { record, min: 1, max: 1 };
    return { record, min: Number(min), max: max === undefined || max === "" ? Number.POSITIVE_INFINITY : Number(max) };
  });
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 1_000_000;
}

function mapOf(given: unknown, { at, keys }: Place & { readonly keys?: readonly string[] }): Readonly<Record<string, unknown>> {
  if (!isRecord(given)) throw unusable(at, keys === undefined ? "a map" : `a map with ${keys.join(", ")}`, given);
  const unknown = keys === undefined ? undefined : Object.keys(given).find((key) => !keys.includes(key));
  if (unknown === undefined || keys === undefined) return given;
  const { message, hint } = unknownKey(unknown, keys);
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${at}: ${message}`, hint === undefined ? {} : { hint });
}

function describeShort(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : describeValue(value);
}

function unusable(at: string, expected: string, found: unknown): PortolanError {
  return new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${at} of a fixed-width layout cannot be used: expected ${expected}, found ${describeShort(found)}`,
  );
}
