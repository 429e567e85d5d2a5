export { type OperationInput, type SoapFunctions, type SoapService, soap } from "@portolan/connectors/soap";
