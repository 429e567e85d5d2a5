import { PortolanError } from "@portolan/core";
import type { Field, NumberField, RecordType, TextField } from "./layout.ts";
import { readBinary, readPacked, readTextNumber } from "./numbers.ts";

/** What is wrong with a record, and at which of its characters or bytes, from 0. */
export interface RecordFault {
  readonly at: number;
  readonly field: string;
  readonly reason: string;
}

export interface RecordText {
  /** Characters; where lengths are bytes, each stands for one byte. */
  readonly raw: string;
  /** The text of a part of it. */
  decode(raw: string): string;
}

export interface ReadRecord {
  readonly value: Readonly<Record<string, unknown>>;
  readonly end: number;
}

export function isRecordFault(read: ReadRecord | RecordFault): read is RecordFault {
  return "reason" in read;
}

/** The fields of a record that begins at `start`. */
export function readRecord(type: RecordType, text: RecordText, start: number): ReadRecord | RecordFault {
  let at = start;
  let fault: RecordFault | undefined;

  function fieldsOf(fields: readonly Field[], path: string): Readonly<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    for (const field of fields) {
      if (fault !== undefined) return values;
      if (field.kind === "filler") {
        take(field.length, path === "" ? "filler" : `${path}.filler`);
        continue;
      }
      const name = path === "" ? field.name : `${path}.${field.name}`;
      const value = field.occurs === undefined ? one(field, name) : several(field, name, values);
      // A field named `__proto__` is a field.
      Object.defineProperty(values, field.name, { value, enumerable: true, configurable: true, writable: true });
    }
    return values;
  }

  function several(field: Exclude<Field, { kind: "filler" }>, name: string, before: Readonly<Record<string, unknown>>): unknown[] {
    const { max = 1, by } = field.occurs ?? {};
    const count = by === undefined ? max : before[by];
    if (typeof count !== "number" || !Number.isInteger(count) || count < 0 || count > max) {
      fault ??= { at, field: name, reason: `expected a count up to ${max} in ${by}, found ${String(count)}` };
      return [];
    }
    return Array.from({ length: count }, (_, index) => (fault === undefined ? one(field, `${name}.${index}`) : undefined));
  }

  function one(field: Exclude<Field, { kind: "filler" }>, name: string): unknown {
    if (field.kind === "group") return fieldsOf(field.fields, name);
    const begin = at;
    const raw = take(field.length, name);
    if (raw === undefined) return undefined;
    const value = field.kind === "text" ? stripped(text.decode(raw), field) : numberOf(raw, field);
    if (typeof value !== "object" || value === null) return value;
    fault ??= { at: begin, field: name, reason: value.reason };
    return undefined;
  }

  function take(length: number, name: string): string | undefined {
    const raw = text.raw.slice(at, at + length);
    if (raw.length < length) {
      const found = raw.length === 0 ? "the end of the record" : `${raw.length}`;
      fault ??= { at, field: name, reason: `expected ${length} characters, found ${found}` };
      return undefined;
    }
    at += length;
    return raw;
  }

  function numberOf(raw: string, field: NumberField) {
    if (field.coding === "packed") return readPacked(raw, field);
    return field.coding === "binary" ? readBinary(raw, field) : readTextNumber(text.decode(raw), field);
  }

  const values = fieldsOf(type.fields, "");
  if (fault !== undefined) return fault;
  return { value: type.name === undefined ? values : { record: type.name, ...values }, end: at };
}

function stripped(text: string, { pad, align }: TextField): string {
  let start = 0;
  let end = text.length;
  if (align === "left") while (end > 0 && text[end - 1] === pad) end -= 1;
  else while (start < end && text[start] === pad) start += 1;
  return text.slice(start, end);
}

/** The type of the record that begins at `start`; undefined if no `when` fits. */
export function typeAt(types: readonly RecordType[], text: RecordText, start: number): RecordType | undefined {
  return types.find(({ when }) => {
    if (when === undefined) return true;
    const from = start + when.start - 1;
    return text.decode(text.raw.slice(from, from + when.value.length)) === when.value;
  });
}

/** A fault is an error once it is known where its record stands. */
export function fixedFault(where: string, { field, reason }: Pick<RecordFault, "reason"> & { readonly field?: string }): PortolanError {
  const which = field === undefined ? "" : ` (${field})`;
  return new PortolanError("PORTOLAN_FORMAT_INVALID", `fixed-width text is not valid at ${where}${which}: ${reason}`);
}
