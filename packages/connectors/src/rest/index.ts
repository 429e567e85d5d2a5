export { restConnector } from "./definition.ts";
export type { ApiClient, OperationOptions, OperationTypes } from "./client/functions.ts";
export type { Bytes, CredentialInput } from "../http/connection-input.ts";
export type { ApiClientInput, ClientInput } from "./client/input.ts";
export { clientOptions } from "./client/options.ts";
export { type DoorInput, type ParameterContract, type RestFunction, type RestUrl, rest } from "./functions.ts";
export { doorOptions } from "./options.ts";
export type { DescribedDoor } from "./describe-door.ts";
export { describeDoors } from "./describe-doors.ts";
