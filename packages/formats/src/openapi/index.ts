export {
  type ApiBody,
  type ApiContent,
  type ApiDocument,
  type ApiEncoding,
  type ApiExample,
  type ApiOperation,
  type ApiParameter,
  type ApiResponse,
  type ApiSchema,
  type ApiServerVariable,
  definitionName,
  standaloneSchema,
} from "./api-document.ts";
export { isApiDescription, readApiDocument } from "./read-document.ts";
export { type ApiContracts, apiContracts } from "./api-contracts.ts";
export { sampleSchema } from "../json-schema/sample/sample.ts";
export { createSchemaCollection, type SchemaCollection } from "./schema-collection.ts";
export { type OpenApiVersion, writeApiDocument } from "./write-document.ts";
