export { type ContractTestOptions, type Counterexample, type OperationReport, testContract } from "./contract-test.ts";
export type { ContractBody, ContractOperation, ContractParameter, ContractResponse } from "./operation.ts";
export { type ContractAnswer, type ContractRequest, type SendRequest, createSender, curlOf } from "./request.ts";
