import { asMissingPackage } from "@portolan/core";

/** What breaks the documents of clients that know one schema when they meet another, in words; both as text. */
export async function schemaBreaks(before: string, after: string): Promise<readonly string[]> {
  const { buildSchema, findSchemaChanges, BreakingChangeType } = await import("graphql").catch((thrown: unknown) => {
    throw asMissingPackage(thrown, "the comparison of GraphQL schemas", ["graphql"]);
  });
  const breaking = new Set<string>(Object.values(BreakingChangeType));
  return findSchemaChanges(buildSchema(before), buildSchema(after))
    .filter(({ type }) => breaking.has(type))
    .map(({ description }) => description);
}
