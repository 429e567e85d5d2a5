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
} from "@portolan/connectors/graphql";
