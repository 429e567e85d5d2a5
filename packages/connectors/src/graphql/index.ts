export { graphqlConnector } from "./definition.ts";
export { type FieldFunction, type FieldInput, graphql } from "./functions.ts";
export { schemaBreaks } from "./schema-breaks.ts";
export { type FieldRequest, fieldRequests } from "./field-requests.ts";
