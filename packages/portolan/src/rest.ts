export { type ClientInput, type DoorInput, type RestFunction, rest } from "@portolan/connectors/rest";
