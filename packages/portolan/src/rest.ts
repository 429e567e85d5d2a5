export { type ClientInput, type DoorInput, type RestFunction, checkMatch, etagOf, rest } from "@portolan/connectors/rest";
