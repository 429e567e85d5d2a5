import { asMissingPackage } from "@portolan/core";
import type { GraphQLField, GraphQLNamedType, GraphQLSchema } from "graphql";

/** What a schema offers, in the words of GraphQL. */
export interface DescribedSchema {
  readonly isFederated: boolean;
  readonly description: string | undefined;
  readonly operations: readonly SchemaOperation[];
  readonly types: readonly SchemaType[];
}

export interface SchemaOperation {
  readonly operation: "query" | "mutation" | "subscription";
  readonly name: string;
  /** Such as `id: ID!, short: Boolean = false`. */
  readonly args: string;
  readonly type: string;
  readonly description: string | undefined;
  readonly isDeprecated: boolean;
}

export interface SchemaType {
  readonly name: string;
  /** Such as `object`, `input`, `Order | Person` or `OPEN | CLOSED`. */
  readonly kind: string;
  readonly fields: readonly { readonly name: string; readonly type: string; readonly isRequired: boolean }[];
}

/** Describes SDL, or the answer of an introspection. Throws PORTOLAN_FORMAT_INVALID with the reason if it is no schema. */
export async function describeGraphql(content: unknown, file: string): Promise<DescribedSchema> {
  const [graphql, { readSchemaDocument }] = await Promise.all([import("graphql"), import("./schema-document.ts")]).catch(
    (thrown: unknown) => {
      throw asMissingPackage(thrown, "a GraphQL schema", ["graphql"]);
    },
  );
  const { schema, federation } = readSchemaDocument(content, file);
  const roots = rootsOf(schema);
  const rootTypes = new Set<unknown>(roots.map(([, type]) => type));
  const operations = roots.flatMap(([operation, type]) =>
    Object.values(type.getFields())
      .filter(isOwn)
      .map((field): SchemaOperation => ({
        operation,
        name: field.name,
        args: field.args.map((one) => graphql.print(argumentNode(one))).join(", "),
        type: String(field.type),
        description: field.description ?? undefined,
        isDeprecated: field.deprecationReason !== undefined && field.deprecationReason !== null,
      })),
  );
  const own = Object.values(schema.getTypeMap()).filter(
    (type) => isOwn(type) && !graphql.isIntrospectionType(type) && !graphql.isSpecifiedScalarType(type) && !rootTypes.has(type),
  );
  return {
    isFederated: federation !== undefined,
    description: schema.description ?? undefined,
    operations,
    types: own.map((type) => ({ name: type.name, kind: kindOf(type), fields: fieldsOf(type) })),
  };

  function argumentNode(one: GraphQLField<unknown, unknown>["args"][number]) {
    const node = one.astNode;
    // Schemas are read from text, or are made text first: every argument has a node. Its words belong into a reference.
    if (node === undefined || node === null) throw new TypeError(`the argument ${one.name} has no text`);
    const { description: _words, directives: _directives, ...rest } = node;
    return rest;
  }

  function kindOf(type: GraphQLNamedType): string {
    if (graphql.isUnionType(type)) return type.getTypes().map(String).join(" | ");
    if (graphql.isEnumType(type))
      return type
        .getValues()
        .map(({ name }) => name)
        .join(" | ");
    if (graphql.isInputObjectType(type)) return "input";
    if (graphql.isInterfaceType(type)) return "interface";
    return graphql.isScalarType(type) ? "scalar" : "object";
  }

  function fieldsOf(type: GraphQLNamedType): SchemaType["fields"] {
    if (!graphql.isObjectType(type) && !graphql.isInterfaceType(type) && !graphql.isInputObjectType(type)) return [];
    return Object.values(type.getFields()).map(({ name, type: of }) => ({
      name,
      type: String(graphql.getNullableType(of)),
      isRequired: graphql.isNonNullType(of),
    }));
  }
}

/** Not what a federation adds to every schema of its own. */
function isOwn({ name }: { readonly name: string }): boolean {
  return !/^_(?:Any|Service|Entity|service|entities)$/.test(name);
}

function rootsOf(schema: GraphQLSchema) {
  const all = [
    ["query", schema.getQueryType()],
    ["mutation", schema.getMutationType()],
    ["subscription", schema.getSubscriptionType()],
  ] as const;
  return all.flatMap(([operation, type]) => (type === undefined || type === null ? [] : [[operation, type] as const]));
}
