export { type FieldFunction, type FieldInput, graphql } from "@portolan/connectors/graphql";
