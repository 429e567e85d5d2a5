import { GraphQLNonNull, getNullableType, type GraphQLFieldConfig, type GraphQLFieldConfigArgumentMap } from "graphql";
import { isRecord } from "@portolan/core";
import { argumentsOf, typeNameOf, type ContractTypes } from "./contract-types.ts";
import type { FieldPlace } from "./field-place.ts";
import { jsonScalar } from "./json-scalar.ts";
import { describeSchema, type SchemaPlace } from "./schema-shape.ts";

export type Schema = Readonly<Record<string, unknown>> | boolean;

/** What the schema has to know of a field that a route answers, or is told by. */
export interface FieldDefinition {
  readonly place: FieldPlace;
  /** Who has it; said when two want the same field. */
  readonly owner: string;
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
  /** Whether the contracts are those of a list of calls. */
  readonly isBatch: boolean;
  /** Of a subscription: the fields of what is published by which a subscriber may choose. */
  readonly filterBy?: readonly string[] | undefined;
}

/** A field of a type that contracts make. */
export type PlacedField = FieldDefinition & { readonly place: Extract<FieldPlace, { readonly kind: "field" }> };

export function isPlacedField<Field extends FieldDefinition>(field: Field): field is Field & PlacedField {
  return field.place.kind === "field";
}

/**
 * A field for GraphQL. The properties of a query's contract are its arguments; a mutation has one argument, `input`, as has a
 * query whose contract is none of an object. The field itself may be null: where it fails, the others still have their values.
 */
export function fieldConfig(field: PlacedField, types: ContractTypes): GraphQLFieldConfig<unknown, unknown> {
  const output = outputPlace(field);
  return { type: output === undefined ? jsonScalar : getNullableType(types.output(output)), args: argumentsFor(field, types) };
}

/** Whether the one argument of a field is its message, not a map of it. */
export function hasBodyArgument({ place, input, isBatch }: PlacedField): boolean {
  if (place.type === "Mutation") return true;
  if (place.type !== "Query" || input === undefined) return false;
  return describeSchema(one({ schema: input, root: input, name: "" }, isBatch)).shape.kind !== "object";
}

function argumentsFor(field: PlacedField, types: ContractTypes): GraphQLFieldConfigArgumentMap {
  const { place, input, isBatch } = field;
  const name = typeNameOf(place.name);
  if (place.type === "Subscription") return filterArguments(field, types);
  if (input === undefined) return place.type === "Mutation" ? { input: { type: jsonScalar } } : {};
  const call = one({ schema: input, root: input, name }, isBatch);
  if (place.type === "Query") return argumentsOf(types, call) ?? { input: { type: types.input(call) } };
  if (place.type === "Mutation") return { input: { type: types.input(call) } };
  const args = propertyOf(call, "args");
  return (args === undefined ? undefined : argumentsOf(types, args)) ?? {};
}

/** Arguments that may be left out: a subscriber who gives none gets everything. */
function filterArguments(field: PlacedField, types: ContractTypes): GraphQLFieldConfigArgumentMap {
  const output = outputPlace(field);
  const all = output === undefined ? {} : (argumentsOf(types, output) ?? {});
  return Object.fromEntries(
    (field.filterBy ?? []).map((name) => {
      const type = all[name]?.type ?? jsonScalar;
      return [name, { type: type instanceof GraphQLNonNull ? type.ofType : type }];
    }),
  );
}

/** The contract of what one call answers; undefined if there is none. */
export function outputPlace({ place, output, isBatch }: FieldDefinition): SchemaPlace | undefined {
  if (output === undefined) return undefined;
  const name = place.kind === "entity" ? place.type : `${typeNameOf(place.name)}Result`;
  return one({ schema: output, root: output, name }, isBatch);
}

/** Of a contract of many calls, that of one. */
function one(place: SchemaPlace, isBatch: boolean): SchemaPlace {
  if (!isBatch) return place;
  const { shape } = describeSchema(place);
  return shape.kind === "list" ? { ...shape.item, name: place.name } : { ...place, schema: true };
}

function propertyOf(place: SchemaPlace, name: string): SchemaPlace | undefined {
  const { schema, name: own } = describeSchema(place);
  const properties = isRecord(schema) ? schema["properties"] : undefined;
  return isRecord(properties) && Object.hasOwn(properties, name)
    ? { schema: properties[name], root: place.root, name: `${own}${typeNameOf(name)}` }
    : undefined;
}
