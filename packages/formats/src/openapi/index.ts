export {
  type ApiBody,
  type ApiContent,
  type ApiDocument,
  type ApiOperation,
  type ApiParameter,
  type ApiResponse,
  type ApiSchema,
  type ApiServerVariable,
  definitionName,
  standaloneSchema,
} from "./api-document.ts";
export { isApiDescription, readApiDocument } from "./read-document.ts";
export { schemaOfRequest, schemaOfResponse } from "./directed-schema.ts";
export { createSchemaCollection, type SchemaCollection } from "./schema-collection.ts";
export { writeApiDocument } from "./write-document.ts";
