export { blamed } from "./blame.ts";
export {
  DOOR_METHODS,
  type Door,
  type DoorHost,
  type DoorMethod,
  type MountedDoor,
  type OnBody,
  checkPath,
  isDoorHost,
  pathParameters,
} from "./door.ts";
export type { Exchange, ReplyHeaders } from "./exchange.ts";
export type { Readiness } from "./health.ts";
export { type HttpAddress, type HttpHost, type HttpHostOptions, createHttpHost } from "./http-host.ts";
export type { HttpLimits } from "./http-limits.ts";
export { type InFlight, createInFlight } from "./in-flight.ts";
export type { PoliciesInput } from "./policies/policies-input.ts";
export { type PolicyOptions, checkPolicies, createPolicy, policyOptions } from "./policies/policies.ts";
export type { Policy, PolicyServices } from "./policies/policy.ts";
export { type Problem, type ProblemDetails, type ProblemError, type ProblemOptions, problemOf, statusProblem } from "./problem.ts";
export type { FoundDoor, RouteTable } from "./route-table.ts";
