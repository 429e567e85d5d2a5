import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { avroName, type AvroField, type AvroType } from "./schema.ts";

/** Below it the arithmetic of 32 bits does. */
const SMALL = 2 ** 29;

/** The bytes of a value; `path` names it in errors. */
export function datumBytes(datum: unknown, ofType: AvroType, where: string): Uint8Array {
  const pieces: Uint8Array[] = [];

  function write(value: unknown, type: AvroType, path: string): void {
    if (!fits(value, type, false)) throw misfit(value, type, path);
    // `fits` has checked what is asserted below.
    switch (type.kind) {
      case "null":
        return;
      case "boolean":
        pieces.push(Uint8Array.of(value === true ? 1 : 0));
        return;
      case "int":
      case "long":
        pieces.push(longBytes(value as number | string | bigint));
        return;
      case "float":
      case "double":
        pieces.push(realBytes(value as number, type.kind));
        return;
      case "bytes":
        pieces.push(longBytes((value as Uint8Array).length), value as Uint8Array);
        return;
      case "fixed":
        pieces.push(value as Uint8Array);
        return;
      case "string":
        pieces.push(...textPieces(value as string));
        return;
      case "enum":
        pieces.push(longBytes(type.symbols.indexOf(value as string)));
        return;
      case "union":
        return writeBranch(value, type.branches, path);
      case "record":
        return writeRecord(value as Readonly<Record<string, unknown>>, type.fields, path);
      case "array":
        return writeBlock(value as readonly unknown[], (item, index) => write(item, type.items, `${path}[${index}]`));
      case "map":
        return writeBlock(Object.entries(value as object), ([name, item]) => {
          pieces.push(...textPieces(wellFormed(name)));
          write(item, type.items, `${path}.${name}`);
        });
      default:
        throw new TypeError(`no such Avro type: ${JSON.stringify(type satisfies never)}`);
    }
  }

  function writeBranch(value: unknown, branches: readonly AvroType[], path: string): void {
    const index = branchOf(value, branches);
    const branch = branches[index];
    if (branch === undefined) throw misfit(value, { kind: "union", branches }, path);
    pieces.push(longBytes(index));
    write(value, branch, path);
  }

  function writeRecord(record: Readonly<Record<string, unknown>>, fields: readonly AvroField[], path: string): void {
    const unknown = Object.keys(record).find((name) => !fields.some((field) => field.name === name));
    if (unknown !== undefined)
      throw formatInvalid(`Avro cannot write ${path}.${unknown}: its record has no such field`, { hint: "map it away" });
    for (const { name, type, fallback } of fields) {
      const given = Object.hasOwn(record, name) ? record[name] : undefined;
      write(given === undefined ? (fallback ?? null) : given, type, `${path}.${name}`);
    }
  }

  /** One block of all, and the empty one that ends the list. */
  function writeBlock<Item>(items: readonly Item[], writeItem: (item: Item, index: number) => void): void {
    if (items.length > 0) pieces.push(longBytes(items.length));
    for (const [index, item] of items.entries()) writeItem(item, index);
    pieces.push(longBytes(0));
  }

  write(datum, ofType, where);
  return Buffer.concat(pieces);
}

/** A zigzag number, seven bits a byte. */
export function longBytes(value: number | string | bigint): Uint8Array {
  if (typeof value === "number" && Math.abs(value) < SMALL) return smallBytes(value);
  let bits = BigInt(value);
  bits = BigInt.asUintN(64, (bits << 1n) ^ (bits >> 63n));
  const bytes: number[] = [];
  for (; bits > 0x7fn; bits >>= 7n) bytes.push(Number(bits & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(bits)]);
}

function smallBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let bits = (value << 1) ^ (value >> 31);
  for (; bits > 0x7f; bits >>>= 7) bytes.push((bits & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, bits]);
}

export function textPieces(text: string): readonly Uint8Array[] {
  const bytes = Buffer.from(text);
  return [longBytes(bytes.length), bytes];
}

/** The first branch that holds the value. */
function branchOf(value: unknown, branches: readonly AvroType[]): number {
  return branches.findIndex((branch) => fits(value, branch, true));
}

/** Whether the type holds the value: all of it with `deeply`, else what is not looked at when its parts are written. */
function fits(value: unknown, type: AvroType, deeply: boolean): boolean {
  switch (type.kind) {
    case "null":
      return value === null || value === undefined;
    case "boolean":
      return typeof value === "boolean";
    case "int":
      return typeof value === "number" && value === (value | 0);
    case "long":
      return isLong(value);
    case "float":
    case "double":
      return typeof value === "number";
    case "bytes":
      return value instanceof Uint8Array;
    case "fixed":
      return value instanceof Uint8Array && value.length === type.size;
    case "string":
      return typeof value === "string" && value.isWellFormed();
    case "enum":
      return typeof value === "string" && type.symbols.includes(value);
    case "union":
      return branchOf(value, type.branches) >= 0;
    case "array":
      return Array.isArray(value) && (!deeply || value.every((item) => fits(item, type.items, true)));
    case "map":
      return isPlain(value) && (!deeply || Object.values(value).every((item) => fits(item, type.items, true)));
    case "record":
      return isPlain(value) && (!deeply || fitsRecord(value, type.fields));
    default:
      throw new TypeError(`no such Avro type: ${JSON.stringify(type satisfies never)}`);
  }
}

function fitsRecord(record: Readonly<Record<string, unknown>>, fields: readonly AvroField[]): boolean {
  const isKnown = Object.keys(record).every((name) => fields.some((field) => field.name === name));
  return isKnown && fields.every(({ name, type, fallback }) => fits(record[name] ?? fallback ?? null, type, true));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && !(value instanceof Uint8Array);
}

/** Longs that a number cannot hold are texts of their digits. */
function isLong(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value === "string" && (!/^-?\d{16,19}$/.test(value) || Number.isSafeInteger(Number(value)))) return false;
  return (typeof value === "string" || typeof value === "bigint") && BigInt.asIntN(64, BigInt(value)) === BigInt(value);
}

function realBytes(value: number, kind: "float" | "double"): Uint8Array {
  const bytes = Buffer.alloc(kind === "float" ? 4 : 8);
  if (kind === "float") bytes.writeFloatLE(value);
  else bytes.writeDoubleLE(value);
  return bytes;
}

function wellFormed(name: string): string {
  if (name.isWellFormed()) return name;
  throw formatInvalid(`half of a character was cut off in the name ${JSON.stringify(name)}`);
}

function misfit(value: unknown, type: AvroType, path: string) {
  return formatInvalid(`Avro cannot write ${path}: expected ${avroName(type)}, found ${describeValue(value)}`);
}
