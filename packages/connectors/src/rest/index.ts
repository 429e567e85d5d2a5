export { restConnector } from "./definition.ts";
export type { ApiClient, OperationOptions, OperationTypes } from "./client/functions.ts";
export type { ApiClientInput, Bytes, ClientInput, CredentialInput } from "./client/input.ts";
export { clientOptions } from "./client/options.ts";
export { type DoorInput, type ParameterContract, type RestFunction, type RestUrl, rest } from "./functions.ts";
export { doorOptions } from "./options.ts";
export type { DescribedDoor } from "./describe-door.ts";
export { describeDoors } from "./describe-doors.ts";
