import { asMissingPackage, type JsonSchema } from "@portolan/core";
import type { GraphQLInputType, GraphQLOutputType, GraphQLSchema } from "graphql";

/** How a field of a schema is asked for, and what it answers. */
export interface FieldRequest {
  readonly operation: "query" | "mutation";
  readonly name: string;
  /** A document that asks for the field with all that it has, and its arguments as variables. */
  readonly document: string;
  /** Of the variables, by their names. */
  readonly variables: JsonSchema;
  /** Of `data` in the answer; the field itself may be null only if it failed. */
  readonly data: JsonSchema;
  /** Variables as the field gets them, or what is wrong with them (specification of GraphQL, section 6.1.2). */
  coerce(variables: unknown): { readonly values: Readonly<Record<string, unknown>> } | { readonly issues: readonly string[] };
}

/** Fields within fields that are asked for. */
const DEPTH = 4;

/** A request for each field of Query and Mutation of a schema, given as a text. */
export async function fieldRequests(sdl: string): Promise<readonly FieldRequest[]> {
  const graphql = await import("graphql").catch((thrown: unknown) => {
    throw asMissingPackage(thrown, "a GraphQL schema", ["graphql"]);
  });
  const {
    buildSchema,
    getNamedType,
    getNullableType,
    isAbstractType,
    isEnumType,
    isInputObjectType,
    isListType,
    isNonNullType,
    isObjectType,
    parse,
    getVariableValues,
  } = graphql;
  const schema = buildSchema(sdl);

  const selectionOf = (type: GraphQLOutputType, depth: number): string => {
    const named = getNamedType(type);
    if (isAbstractType(named)) return " { __typename }";
    if (!isObjectType(named)) return "";
    const fields = Object.values(named.getFields()).filter((field) => field.args.every((one) => !isNonNullType(one.type)));
    const chosen = fields.flatMap((field) => {
      const of = getNamedType(field.type);
      const isLeaf = !isObjectType(of) && !isAbstractType(of);
      return isLeaf || depth < DEPTH ? [`${field.name}${selectionOf(field.type, depth + 1)}`] : [];
    });
    return ` { ${["__typename", ...chosen].join(" ")} }`;
  };

  const orNull = (type: GraphQLInputType | GraphQLOutputType, own: JsonSchema): JsonSchema =>
    isNonNullType(type) ? own : { anyOf: [own, { type: "null" }] };

  const outputSchema = (type: GraphQLOutputType, depth: number): JsonSchema => {
    const own = getNullableType(type);
    if (isListType(own)) return orNull(type, { type: "array", items: outputSchema(own.ofType, depth) });
    if (isEnumType(own)) return orNull(type, { enum: own.getValues().map(({ name }) => name) });
    if (!isObjectType(own)) return orNull(type, SCALARS[String(own)] ?? {});
    const fields = Object.values(own.getFields()).filter((field) => depth < DEPTH && field.args.every((one) => !isNonNullType(one.type)));
    return orNull(type, {
      type: "object",
      properties: Object.fromEntries(fields.map((field) => [field.name, outputSchema(field.type, depth + 1)])),
    });
  };

  const inputSchema = (type: GraphQLInputType, depth: number): JsonSchema => {
    const own = getNullableType(type);
    if (isListType(own)) return orNull(type, { type: "array", items: inputSchema(own.ofType, depth) });
    if (isEnumType(own)) return orNull(type, { enum: own.getValues().map(({ name }) => name) });
    if (!isInputObjectType(own)) return orNull(type, SCALARS[String(own)] ?? {});
    const fields = Object.values(own.getFields()).filter((field) => depth < DEPTH || isNonNullType(field.type));
    return orNull(type, {
      type: "object",
      properties: Object.fromEntries(fields.map((field) => [field.name, inputSchema(field.type, depth + 1)])),
      required: fields.filter((field) => isNonNullType(field.type) && field.default === undefined).map(({ name }) => name),
      additionalProperties: false,
    });
  };

  const requestsOf = (operation: FieldRequest["operation"], type: ReturnType<GraphQLSchema["getQueryType"]>): readonly FieldRequest[] =>
    Object.values(type?.getFields() ?? {})
      .filter(({ name }) => !name.startsWith("_"))
      .map(({ name, args, type: result }) => {
        const declared = args.length === 0 ? "" : `(${args.map((one) => `$${one.name}: ${String(one.type)}`).join(", ")})`;
        const passed = args.length === 0 ? "" : `(${args.map((one) => `${one.name}: $${one.name}`).join(", ")})`;
        const document = `${operation}${declared} { ${name}${passed}${selectionOf(result, 0)} }`;
        const [definition] = parse(document).definitions;
        const variables = definition?.kind === "OperationDefinition" ? (definition.variableDefinitions ?? []) : [];
        return {
          operation,
          name,
          document,
          variables: {
            type: "object",
            properties: Object.fromEntries(args.map((one) => [one.name, inputSchema(one.type, 0)])),
            required: args.filter((one) => isNonNullType(one.type) && one.default === undefined).map((one) => one.name),
          },
          data: { type: "object", required: [name], properties: { [name]: outputSchema(result, 0) } },
          coerce(given) {
            if (typeof given !== "object" || given === null || Array.isArray(given)) return { issues: ["the variables are no map"] };
            const { errors, variableValues } = getVariableValues(schema, variables, { ...given });
            if (errors !== undefined) return { issues: errors.map(({ message }) => message) };
            return { values: { ...variableValues.coerced } };
          },
        };
      });

  return [...requestsOf("query", schema.getQueryType()), ...requestsOf("mutation", schema.getMutationType())];
}

const INT = 2 ** 31;

/** What the scalars of the specification are in JSON; others may be anything. */
const SCALARS: Readonly<Record<string, JsonSchema>> = {
  Int: { type: "integer", minimum: -INT, maximum: INT - 1 },
  Float: { type: "number" },
  String: { type: "string" },
  Boolean: { type: "boolean" },
  ID: { type: "string" },
};
