export { readLocalFile } from "../app-service.ts";
export { createElementSchemas } from "../schema/json-schema.ts";
export { readWsdl } from "./read-wsdl.ts";
export type { MessageShape, SoapOperation } from "./service-model.ts";
