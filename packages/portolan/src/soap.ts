export {
  type CallInput,
  type ContractOperationInput,
  type OperationFunction,
  type OperationInput,
  SoapFault,
  type SoapFunctions,
  type SoapService,
  soap,
} from "@portolan/connectors/soap";
