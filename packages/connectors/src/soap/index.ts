export { soapConnector } from "./definition.ts";
export {
  type CallInput,
  type ContractOperationInput,
  type OperationFunction,
  type OperationInput,
  type SoapFunctions,
  type SoapService,
  soap,
} from "./functions.ts";
export { SoapFault } from "./soap-fault.ts";
