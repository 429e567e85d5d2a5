export { type Affected, type InsertInput, sql, type SqlFunctions, type StatementInput, type UpsertInput } from "@portolan/connectors/sql";
