import { asMissingPackage, defineConnector, type ConnectorDefinition } from "@portolan/core";
import { checkPath, checkPolicies } from "@portolan/gateway";
import { checkField, doorOptions, fieldOf, type DoorOptions } from "./options.ts";

/** GraphQL: routes as the fields of a schema that is made of their contracts. */
export const graphqlConnector: ConnectorDefinition = defineConnector({
  name: "graphql",
  title: "GraphQL",
  summary: "Routes as fields of a GraphQL schema that is made of their contracts.",
  source: {
    summary: "A field of Query or Mutation: its arguments are the message, the route's result is its value.",
    options: doorOptions,
    describe(options) {
      const field = fieldOf(options);
      if (field === undefined) return "";
      return `${field.operation} ${field.name === true ? "of the route's name" : field.name} at ${options.path}`;
    },
    check: checkDoor,
    replies: true,
    // Loaded where it is used: apps without a GraphQL door need neither graphql nor its server.
    async open(options, context) {
      try {
        return (await import("./source.ts")).openField(options, context);
      } catch (thrown) {
        throw asMissingPackage(thrown, "a GraphQL door", ["graphql", "graphql-yoga"]);
      }
    },
  },
});

function checkDoor(options: DoorOptions): readonly string[] {
  const fault = checkPath(options.path);
  return [
    ...checkField(options),
    ...(fault === undefined ? [] : [`${options.path} is no path pattern: ${fault}`]),
    ...checkPolicies(options.policies),
  ];
}
