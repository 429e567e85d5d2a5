import { describeGraphql, type SchemaOperation } from "@portolan/connectors/graphql";
import type { DescribedOperation, Description } from "./description.ts";

/** The fields of the root types, and all other types. */
export async function describeGraphqlSchema(content: unknown, file: string): Promise<Description> {
  const { isFederated, description, operations, types } = await describeGraphql(content, file);
  return {
    kind: isFederated ? "GraphQL schema (federation)" : "GraphQL schema",
    ...(description === undefined ? {} : { title: description }),
    operations: operations.map(operationOf),
    types: types.map(({ name, kind, fields }) => ({
      name,
      type: kind,
      fields: fields.map(({ name: field, type, isRequired }) => ({ name: field, type, required: isRequired })),
    })),
  };
}

function operationOf({ operation, name, args, type, description, isDeprecated }: SchemaOperation): DescribedOperation {
  return {
    name,
    call: `${operation} ${name}`,
    ...(args === "" ? {} : { input: args }),
    output: type,
    ...(description === undefined ? {} : { summary: description }),
    ...(isDeprecated ? { deprecated: true } : {}),
  };
}
