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
  pageLinks,
  rest,
} from "@portolan/connectors/rest";
