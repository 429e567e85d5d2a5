import { PortolanError, isRecord } from "@portolan/core";
import { describeSchema, type Field, type SchemaPlace } from "./shape.ts";
import { ENTRY, ITEM, entryFields, entryName, isAttribute, type RecordShape } from "./schema-types.ts";
import { messageShape } from "./service-document.ts";
import type { SimpleType } from "./simple-type.ts";
import { xmlNameOf } from "./xml-name.ts";

/** Data as they are read of a message and written into one ↔ the body that a contract describes. */
export interface ContractBody {
  read(data: unknown): unknown;
  /** Throws PORTOLAN_CONTRACT_FAILED if the body is of another kind than the contract says. */
  write(body: unknown): unknown;
}

/**
 * Bridges what XML cannot say as JSON does: names that are none of XML, lists that are empty, lists of lists, fields whose names are not known before,
 * and values of any type.
 */
export function contractBody(schema: Readonly<Record<string, unknown>> | boolean, valueName: string): ContractBody {
  const { shape, value } = messageShape(schema, valueName);
  const body = recordBody(shape, createBodies());
  if (value === undefined) return body;
  return {
    read(data) {
      const whole = body.read(data);
      return isRecord(whole) ? whole[valueName] : undefined;
    },
    write: (given) => body.write({ [valueName]: given === undefined ? null : given }),
  };
}

/** The bodies of types, each made once: types may hold themselves. */
type Bodies = (place: SchemaPlace) => ContractBody;

function createBodies(): Bodies {
  const known = new Map<unknown, Map<unknown, ContractBody>>();
  return function bodyOf(place): ContractBody {
    const ofRoot = known.get(place.root) ?? new Map<unknown, ContractBody>();
    known.set(place.root, ofRoot);
    let made = ofRoot.get(place.schema);
    if (made === undefined) {
      let body: ContractBody | undefined;
      const whole = (): ContractBody => (body ??= nullable(place, bodyOf));
      made = { read: (data) => whole().read(data), write: (value) => whole().write(value) };
      ofRoot.set(place.schema, made);
    }
    return made;
  };
}

function nullable(place: SchemaPlace, bodies: Bodies): ContractBody {
  const described = describeSchema(place);
  const body = bodyOfShape(place, bodies);
  if (!described.isNullable || described.shape.kind === "json") return body;
  return { read: (data) => (data === null ? null : body.read(data)), write: (value) => (value === null ? null : body.write(value)) };
}

function bodyOfShape(place: SchemaPlace, bodies: Bodies): ContractBody {
  const { shape } = describeSchema(place);
  switch (shape.kind) {
    case "json":
      return { read: readJson, write: (value) => JSON.stringify(value) };
    case "simple":
      return simpleBody(shape.types);
    case "list": {
      // One within a list, or within something else that is no field: its items are elements in an element.
      const item = bodies(shape.item);
      return {
        read: (data) => itemsOf(isRecord(data) ? data[ITEM] : undefined).map((one) => item.read(one)),
        write: (value) => ({ [ITEM]: listFor(value, ITEM).map((one) => item.write(one)) }),
      };
    }
    case "record":
      return recordBody(shape, bodies);
    default:
      return shape satisfies never;
  }
}

interface FieldBody {
  readonly name: string;
  readonly key: string;
  readonly body: ContractBody;
  readonly isList: boolean;
  /** What a list that has no element is, where the field must be there. */
  readonly empty: readonly unknown[] | null | undefined;
}

function recordBody({ fields, ways, others }: RecordShape, bodies: Bodies): ContractBody {
  const named = [...fields, ...ways.flat()].map((field) => fieldBody(field, bodies));
  const known = new Set(named.map(({ name }) => name));
  const entries = others === undefined ? undefined : { key: entryName(fields), body: entryBody(others, bodies) };
  return {
    read(data) {
      const source = isRecord(data) ? data : textOnly(data, named);
      const body: Record<string, unknown> = {};
      for (const { name, key, body: value, isList, empty } of named) {
        if (!Object.hasOwn(source, key)) {
          if (empty !== undefined) define(body, name, empty);
        } else define(body, name, isList ? itemsOf(source[key]).map((one) => value.read(one)) : value.read(source[key]));
      }
      if (entries !== undefined) {
        for (const entry of itemsOf(source[entries.key]).map((one) => entries.body.read(one))) {
          if (isRecord(entry)) define(body, String(entry[ENTRY.key]), entry[ENTRY.value]);
        }
      }
      return body;
    },
    write(body) {
      if (!isRecord(body)) throw contractFault("an object", body);
      const data: Record<string, unknown> = {};
      for (const { name, key, body: value, isList } of named) {
        if (!Object.hasOwn(body, name) || body[name] === undefined) continue;
        // A list that is null has no elements.
        if (!isList) define(data, key, value.write(body[name]));
        else if (body[name] !== null)
          define(
            data,
            key,
            listFor(body[name], name).map((one) => value.write(one)),
          );
      }
      if (entries !== undefined) {
        const rest = Object.entries(body).filter(([name, value]) => !known.has(name) && value !== undefined);
        const pairs = rest.map(([name, value]) => entries.body.write({ [ENTRY.key]: name, [ENTRY.value]: value }));
        if (pairs.length > 0) define(data, entries.key, pairs);
      }
      return data;
    },
  };
}

function entryBody(place: SchemaPlace, bodies: Bodies): ContractBody {
  return recordBody({ kind: "record", fields: entryFields(place), ways: [], others: undefined }, bodies);
}

/** An element with nothing but text in it is a text where it could have had attributes. */
function textOnly(data: unknown, fields: readonly FieldBody[]): Readonly<Record<string, unknown>> {
  return fields.some(({ key }) => key === "#text") && data !== null && data !== undefined && data !== "" ? { "#text": data } : {};
}

function fieldBody(field: Field, bodies: Bodies): FieldBody {
  const { name, place, isRequired } = field;
  const { shape, isNullable } = describeSchema(place);
  const key = name === "#text" || isAttribute(field) ? name : xmlNameOf(name);
  if (shape.kind !== "list") return { name, key, body: bodies(place), isList: false, empty: undefined };
  const empty = !isRequired ? undefined : isNullable && shape.minItems > 0 ? null : [];
  return { name, key, body: bodies(shape.item), isList: true, empty };
}

function simpleBody(types: readonly SimpleType[]): ContractBody {
  const [only] = types;
  if (types.length === 1 && only !== undefined) {
    // The schema has said what it is. A number that JavaScript would change stays a text, which the contract refuses.
    return { read: (data) => data, write: only.base === "xs:duration" ? withoutWeeks : (value) => value };
  }
  return {
    read(data) {
      for (const type of types) {
        const value = valueOf(data, type);
        if (typeof value === (type.value === "text" ? "string" : type.value)) return value;
      }
      return data;
    },
    write: (value) => (typeof value === "number" ? String(value) : value),
  };
}

/** The value of a text that is one of several types. */
function valueOf(data: unknown, { value }: SimpleType): unknown {
  if (typeof data !== "string") return data;
  switch (value) {
    case "number":
      return data.trim() !== "" && Number.isFinite(Number(data)) ? Number(data) : data;
    case "boolean":
      return data === "true" ? true : data === "false" ? false : data;
    case "text":
      return data;
    default:
      return value satisfies never;
  }
}

/** `P2W` of JSON Schema is `P14D`: durations of XML Schema have no weeks. */
function withoutWeeks(value: unknown): unknown {
  const [, weeks] = typeof value === "string" ? (/^P(\d+)W$/.exec(value) ?? []) : [];
  return weeks === undefined ? value : `P${Number(weeks) * 7}D`;
}

function readJson(data: unknown): unknown {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data) as unknown;
  } catch (cause) {
    throw new PortolanError(
      "PORTOLAN_FORMAT_INVALID",
      `expected JSON where the contract allows values of any type, found ${JSON.stringify(data.slice(0, 60))}`,
      {
        cause,
        hint: "Put texts into quotes, as JSON has them.",
      },
    );
  }
}

function itemsOf(data: unknown): readonly unknown[] {
  if (data === undefined) return [];
  return Array.isArray(data) ? data : [data];
}

/** What may be one item or a list of them is written as a list. */
function listFor(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isRecord(value) || typeof value !== "object") return [value];
  throw contractFault(`a list in ${name}`, value);
}

function define(target: Record<string, unknown>, name: string, value: unknown): void {
  // Names come from the wire, `__proto__` among them.
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function contractFault(expected: string, found: unknown): PortolanError {
  return new PortolanError("PORTOLAN_CONTRACT_FAILED", `expected ${expected}, found ${found === null ? "null" : typeof found}`);
}
