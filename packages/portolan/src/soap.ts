export { type CallInput, type OperationInput, SoapFault, type SoapFunctions, type SoapService, soap } from "@portolan/connectors/soap";
