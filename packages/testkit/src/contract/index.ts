export { type ContractTestOptions, type Counterexample, type OperationReport, testContract } from "./contract-test.ts";
export type { BodyChange, ContractAnswer, ContractBody, ContractOperation, ContractParameter, ContractResponse } from "./operation.ts";
export { type ContractRequest, type SendRequest, createSender, curlOf } from "./request.ts";
