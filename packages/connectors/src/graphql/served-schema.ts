import {
  GraphQLError,
  GraphQLObjectType,
  isObjectType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType as ObjectType,
  type GraphQLSchema,
} from "graphql";
import { PortolanError, isRecord, nearestName } from "@portolan/core";
import { schemaOfContracts } from "./code-schema.ts";
import { textWithKeys, type Federation } from "./federation.ts";
import { hasBodyArgument, isPlacedField, type FieldDefinition } from "./field.ts";
import { placeWords } from "./field-place.ts";
import { schemaOfText, type SchemaDocument } from "./schema-document.ts";
import { eventBody, matcherOf, type Topic } from "./topic.ts";

/** What a resolver knows of the request that it belongs to. */
export interface FieldContext {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly signal: AbortSignal;
  /** On the node's clock, in ms: what is not answered by then fails. */
  deadline: number;
  /** The calls that wait to go together, by their field. */
  readonly batches: Map<object, unknown>;
}

/** A field, and what gives it its values; one that is only described has neither. */
export interface ServedField extends FieldDefinition {
  /** The value of the field for one call's message. */
  readonly resolve?: (body: unknown, context: FieldContext) => Promise<unknown>;
  /** What is published to the field, a subscription. */
  readonly topic?: Topic;
}

export interface ServedSchema {
  readonly schema: GraphQLSchema;
  readonly federation: Federation | undefined;
}

/** A schema whose fields are answered: that of the document, or the one that the fields' contracts make. Throws PORTOLAN_CONFIG_INVALID. */
export function createServedSchema(fields: readonly ServedField[], read: (() => SchemaDocument) | undefined): ServedSchema {
  const { schema, federation } = read === undefined ? contractSchema(fields) : read();
  for (const field of fields) attach(field, schema, read === undefined);
  if (federation !== undefined) attachFederation(fields, schema, federation);
  return { schema, federation };
}

function contractSchema(fields: readonly FieldDefinition[]): ServedSchema {
  const schema = schemaOfContracts(fields);
  const keys = new Map(fields.flatMap(({ place }) => (place.kind === "entity" ? [[place.type, place.keys] as const] : [])));
  return keys.size === 0 ? { schema, federation: undefined } : schemaOfText(textWithKeys(schema, keys));
}

/** The type that a field's place names. Query, Mutation and Subscription are those that the schema has as such. */
function typeAt(schema: GraphQLSchema, name: string): ObjectType | undefined {
  const roots = { Query: schema.getQueryType(), Mutation: schema.getMutationType(), Subscription: schema.getSubscriptionType() };
  const type = (Object.hasOwn(roots, name) ? roots[name as keyof typeof roots] : undefined) ?? schema.getType(name);
  return type instanceof GraphQLObjectType ? type : undefined;
}

function attach(field: ServedField, schema: GraphQLSchema, isOfContracts: boolean): void {
  const type = typeAt(schema, field.place.type);
  const place = placeWords(field.place);
  if (type === undefined)
    throw unknown(field, `the type ${field.place.type}`, nearestName(field.place.type, Object.keys(schema.getTypeMap())));
  if (!isPlacedField(field)) return;
  const config = Object.hasOwn(type.getFields(), field.place.name) ? type.getFields()[field.place.name] : undefined;
  if (config === undefined) throw unknown(field, `the field ${place}`, nearestName(field.place.name, Object.keys(type.getFields())));
  const { topic, resolve } = field;
  if (topic !== undefined) attachTopic(config, topic);
  if (resolve === undefined) return;
  const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
  const isBody = isOfContracts ? hasBodyArgument(field) : config.args.length === 1 && config.args[0]?.name === "input";
  config.resolve = resolverOf(resolve, isRoot, isBody);
}

type Call = NonNullable<ServedField["resolve"]>;

function resolverOf(call: Call, isRoot: boolean, isBody: boolean): GraphQLFieldResolver<unknown, FieldContext> {
  if (!isRoot) return (parent, args, context) => call({ parent, args: { ...args } }, context);
  return isBody ? (_parent, args, context) => call(args["input"] ?? null, context) : (_parent, args, context) => call({ ...args }, context);
}

function attachTopic(config: GraphQLField<unknown, FieldContext>, topic: Topic): void {
  config.subscribe = (_parent, args) => topic.subscribe(matcherOf(args));
  config.resolve = eventBody;
}

function attachFederation(fields: readonly ServedField[], schema: GraphQLSchema, { sdl, entities }: Federation): void {
  const query = schema.getQueryType()?.getFields() ?? {};
  const service = query["_service"];
  if (service !== undefined) service.resolve = () => ({ sdl });
  const byType = new Map(fields.flatMap((field) => (field.place.kind === "entity" ? [[field.place.type, field.resolve] as const] : [])));
  const entity = async (representation: unknown, context: FieldContext): Promise<unknown> => {
    const type = isRecord(representation) ? representation["__typename"] : undefined;
    const resolve = typeof type === "string" && entities.includes(type) ? byType.get(type) : undefined;
    if (resolve === undefined)
      throw new GraphQLError(`no entity of the type ${String(type)} is served here`, { extensions: { code: "BAD_USER_INPUT" } });
    const found = await resolve(representation, context);
    return isRecord(found) ? { ...found, __typename: type } : found;
  };
  if (query["_entities"] !== undefined)
    query["_entities"].resolve = (_parent, { representations }: { readonly representations: readonly unknown[] }, context: FieldContext) =>
      representations.map((one) => entity(one, context));
}

/** Fields that a client may ask for and nothing answers: of the root types, and entities. */
export function unansweredPlaces(fields: readonly FieldDefinition[], { schema, federation }: ServedSchema): readonly string[] {
  const answered = new Set(
    fields.map(({ place }) => (place.kind === "entity" ? place.type : `${typeAt(schema, place.type)?.name}.${place.name}`)),
  );
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(isObjectType);
  const names = roots.flatMap((type) => Object.keys(type.getFields()).map((name) => `${type.name}.${name}`));
  const own = federation === undefined ? names : names.filter((name) => !/\._(?:service|entities)$/.test(name));
  return [...own, ...(federation?.entities ?? [])].filter((name) => !answered.has(name));
}

function unknown({ owner }: FieldDefinition, what: string, nearest: string | undefined): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: the schema does not have ${what}`, {
    hint: nearest === undefined ? "portolan describe lists what a schema has" : `did you mean "${nearest}"?`,
  });
}
