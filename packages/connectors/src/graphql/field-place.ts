import { NAME, type DoorOptions } from "./options.ts";

/** Where in the schema a route stands: a field of a type, or the entities of a type of a federation. */
export type FieldPlace =
  | { readonly kind: "field"; readonly type: string; readonly name: string }
  | { readonly kind: "entity"; readonly type: string; readonly keys: readonly string[] };

type Placing = Pick<DoorOptions, "query" | "mutation" | "field" | "entity" | "key">;

const WAYS = ["query", "mutation", "field", "entity"] as const;
const TYPES = { query: "Query", mutation: "Mutation" } as const;

/** The place that a door's options name, for a route of this name; undefined if they name none, or the name is none of a field. */
export function placeOf(options: Placing, route: string): FieldPlace | undefined {
  const { field, entity, key = [] } = options;
  if (field !== undefined) return fieldAt(field);
  if (entity !== undefined) return { kind: "entity", type: entity, keys: key };
  for (const way of ["query", "mutation"] as const) {
    const given = options[way];
    const name = given === true ? route : given;
    if (name !== undefined) return NAME.test(name) ? { kind: "field", type: TYPES[way], name } : undefined;
  }
  return undefined;
}

/** `Order.customer`. */
function fieldAt(text: string): Extract<FieldPlace, { kind: "field" }> | undefined {
  const [type = "", name = "", ...more] = text.split(".");
  return NAME.test(type) && NAME.test(name) && more.length === 0 ? { kind: "field", type, name } : undefined;
}

/** A place in a few words, such as `Query.order`. */
export function placeWords(place: FieldPlace): string {
  return place.kind === "field" ? `${place.type}.${place.name}` : `the entity ${place.type}`;
}

/** What of a door's options cannot be together, or is missing. */
export function checkPlace(options: Pick<DoorOptions, "batch" | "schema" | "unrouted"> & Placing): readonly string[] {
  const named = WAYS.filter((one) => options[one] !== undefined);
  if (named.length !== 1) return [`expected one of ${WAYS.join(", ")}, found ${named.length === 0 ? "none" : named.join(" and ")}`];
  const place = placeOf(options, "route");
  if (place === undefined) return [`"${String(options.field)}" is no field of a type; expected Type.field, such as Order.customer`];
  return [...checkEntity(options, place), ...checkField(options, place)];
}

function checkEntity({ entity, key, schema }: Parameters<typeof checkPlace>[0], { type }: FieldPlace): readonly string[] {
  if (entity === undefined) return key === undefined ? [] : ["key is about an entity, and none is given"];
  if (!NAME.test(type)) return [`"${type}" is no name of a GraphQL type`];
  if (schema !== undefined) return key === undefined ? [] : ["key is said by schema already"];
  return key === undefined ? ["an entity needs a key, such as id"] : [];
}

function checkField({ batch, schema, unrouted }: Parameters<typeof checkPlace>[0], place: FieldPlace): readonly string[] {
  const faults: string[] = [];
  if (place.type === "Subscription") faults.push("a subscription is a target: something is published to it, nothing is asked of it");
  if (place.type === "Mutation" && batch !== undefined && batch !== false)
    faults.push("mutations of a request come one after another, so there is nothing to batch");
  if (unrouted !== undefined && schema === undefined) faults.push("unrouted is about fields of a schema, and none is given");
  return faults;
}
