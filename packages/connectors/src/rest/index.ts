export { restConnector } from "./definition.ts";
export {
  type Bytes,
  type ClientInput,
  type DoorInput,
  type ParameterContract,
  type RestFunction,
  type RestUrl,
  rest,
} from "./functions.ts";
export { clientOptions, doorOptions } from "./options.ts";
export type { DescribedDoor } from "./describe-door.ts";
export { describeDoors } from "./describe-doors.ts";
