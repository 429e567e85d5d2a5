export {
  type ApiClient,
  type ApiClientInput,
  type Bodies,
  type ClientInput,
  type DoorInput,
  type OperationTypes,
  type RestFunction,
  checkMatch,
  etagOf,
  rest,
} from "@portolan/connectors/rest";
