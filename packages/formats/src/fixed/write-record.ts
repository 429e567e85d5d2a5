import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { Field, RecordType, TextField } from "./layout.ts";
import { writeNumber } from "./numbers.ts";

/** The bytes of a text, as characters of the same numbers where lengths are bytes; or what the charset does not have. */
export type EncodeText = (text: string) => string;

/** The text of a record, without a line end. */
export function writeRecord(type: RecordType, value: Readonly<Record<string, unknown>>, encode: EncodeText): string {
  const refuse = (name: string, reason: string) => formatInvalid(`a fixed-width record cannot be written, field ${name}: ${reason}`);

  function fieldsOf(fields: readonly Field[], given: unknown, path: string): string {
    if (!isRecord(given)) throw refuse(path, `expected a map of fields, found ${describeValue(given)}`);
    return fields.map((field) => (field.kind === "filler" ? encode(field.pad.repeat(field.length)) : named(field, given, path))).join("");
  }

  function named(field: Exclude<Field, { kind: "filler" }>, given: Readonly<Record<string, unknown>>, path: string): string {
    const name = path === "" ? field.name : `${path}.${field.name}`;
    const value = Object.hasOwn(given, field.name) ? given[field.name] : undefined;
    if (field.occurs === undefined) return one(field, value, name);
    const { max, by } = field.occurs;
    const count = by === undefined ? max : given[by];
    if (!Array.isArray(value) || value.length > max || value.length !== Number(count)) {
      const expected = by === undefined ? `a list of ${max}` : `a list of as many as ${by} says, ${describeValue(count)}`;
      throw refuse(name, `expected ${expected}, found ${Array.isArray(value) ? `${value.length} of them` : describeValue(value)}`);
    }
    return value.map((item: unknown, index) => one(field, item, `${name}.${index}`)).join("");
  }

  function one(field: Exclude<Field, { kind: "filler" }>, value: unknown, name: string): string {
    if (field.kind === "group") return fieldsOf(field.fields, value, name);
    const isText = field.kind === "text" || field.coding === "text" || field.coding === "zoned";
    if (value === undefined || value === null) {
      if (isText) return encode((field.kind === "text" ? field.pad : " ").repeat(field.length));
      throw refuse(name, "expected a number, found nothing");
    }
    if (field.kind === "text") return text(field, value, name);
    const written = writeNumber(value, field);
    if ("reason" in written) throw refuse(name, written.reason);
    return isText ? encode(written.text) : written.text;
  }

  function text(field: TextField, value: unknown, name: string): string {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") {
      throw refuse(name, `expected a text, found ${describeValue(value)}`);
    }
    const written = encode(String(value));
    if (/[\r\n]/.test(String(value))) throw refuse(name, "expected a text without line ends, found one");
    if (written.length > field.length) throw refuse(name, `expected at most ${field.length} characters, found ${written.length}`);
    const pad = encode(field.pad);
    return field.align === "left" ? written.padEnd(field.length, pad) : written.padStart(field.length, pad);
  }

  const written = fieldsOf(type.fields, value, "");
  const { when } = type;
  if (when === undefined) return written;
  const from = when.start - 1;
  const expected = encode(when.value);
  const found = written.slice(from, from + expected.length);
  if (found === expected) return written;
  // A filler, or a field that was left out, says what the type does.
  if (found === encode(" ".repeat(when.value.length))) return written.slice(0, from) + expected + written.slice(from + expected.length);
  throw refuse(`at column ${when.start}`, `expected ${JSON.stringify(when.value)}, which tells a record of type ${type.name} from others`);
}
