export {
  type FieldCall,
  type FieldFunction,
  type FieldInput,
  type GraphqlFunctions,
  type GraphqlSchema,
  type SubscriptionInput,
  graphql,
} from "@portolan/connectors/graphql";
