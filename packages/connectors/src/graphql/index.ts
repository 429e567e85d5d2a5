export { type DescribedSchema, type SchemaOperation, describeGraphql } from "./described-schema.ts";
export { graphqlConnector } from "./definition.ts";
export {
  type CallInput,
  type FieldCall,
  type FieldFunction,
  type FieldInput,
  type GraphqlFunctions,
  type GraphqlSchema,
  type SubscriptionInput,
  type TypedDocument,
  graphql,
} from "./functions.ts";
export { type FieldRequest, fieldRequests } from "./field-requests.ts";
export { isIntrospection } from "./introspection.ts";
export { schemaBreaks } from "./schema-breaks.ts";
