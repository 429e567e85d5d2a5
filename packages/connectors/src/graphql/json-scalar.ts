import { GraphQLScalarType, valueFromASTUntyped } from "graphql";

/** Data that no GraphQL type describes: maps, mixed lists, alternatives. */
export const jsonScalar: GraphQLScalarType = new GraphQLScalarType({
  name: "JSON",
  description: "Any JSON value.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc8259",
  parseValue: (value) => value,
  parseLiteral: (node) => valueFromASTUntyped(node),
});
