export { readLocalFile } from "../app-service.ts";
export { exampleOf } from "../schema/example.ts";
export { createElementSchemas } from "../schema/json-schema.ts";
export { readWsdl } from "./read-wsdl.ts";
export type { MessageShape, ServiceModel, SoapOperation } from "./service-model.ts";
export { type OperationCall, operationCalls } from "./operation-calls.ts";
