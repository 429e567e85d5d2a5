export { graphqlConnector } from "./definition.ts";
export {
  type FieldCall,
  type FieldFunction,
  type FieldInput,
  type GraphqlFunctions,
  type GraphqlSchema,
  type SubscriptionInput,
  graphql,
} from "./functions.ts";
export { type FieldRequest, fieldRequests } from "./field-requests.ts";
export { schemaBreaks } from "./schema-breaks.ts";
