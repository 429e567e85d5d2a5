export { soapConnector } from "./definition.ts";
export { type OperationInput, type SoapFunctions, type SoapService, soap } from "./functions.ts";
