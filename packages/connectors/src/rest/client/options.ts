import { formatChoice } from "@portolan/formats";
import { option, optional, withDefault, type OptionSpec, type OptionsOf } from "@portolan/core";
import { connectionOptions, credential } from "../../http/connection-options.ts";
import { pageOptions } from "./page-options.ts";

function clientUrl(method: string): OptionSpec<string, "optional"> {
  return optional(option.text, `Sends ${method} to this URL. {name} is a field of the body, or else a header.`, {
    example: "https://erp.example/orders/{id}",
  });
}

const values = (what: string): OptionSpec<Readonly<Record<string, ParameterExpression>>, "optional"> =>
  optional(option.mapOf(option.expression), `${what}, by their names.`, { example: { id: "body.order.id" } });

type ParameterExpression = NonNullable<ReturnType<typeof option.expression.read>>;

/** A client: one method on one URL of another system, or one operation of its API description. */
export const clientOptions = {
  get: clientUrl("GET"),
  post: clientUrl("POST"),
  put: clientUrl("PUT"),
  patch: clientUrl("PATCH"),
  delete: clientUrl("DELETE"),
  head: clientUrl("HEAD"),
  options: clientUrl("OPTIONS"),
  query: clientUrl("QUERY"),
  client: optional(
    option.text,
    "An API description (OpenAPI 2.0 to 3.2, JSON or YAML) in place of method and URL: requests and replies of its `operation` are checked by it.",
    { example: "./crm.yaml" },
  ),
  operation: optional(option.name, "The `operationId`, or method and path such as `GET /orders/{id}`, of the operation of `client`.", {
    example: "createOrder",
  }),
  parameters: optional(
    option.object({
      path: values("Parameters of the path"),
      query: values("Parameters of the query"),
      headers: values("Headers"),
      cookies: values("Cookies"),
    }),
    "Where the parameters of the operation come from, if not from fields of the body.",
  ),
  body: optional(option.expression, "The body of the request, if it is not that of the message.", { example: "body.order" }),
  variables: optional(option.mapOf(option.text), "Values of the variables in the server's address of the description.", {
    example: { region: "eu" },
  }),
  credentials: optional(option.mapOf(credential), "How the client says who it is, by the security schemes of the description.", {
    secret: true,
    example: { apiKey: "${CRM_KEY}" },
  }),
  mediaType: optional(
    option.name,
    "Which of the media types of the operation's body is sent. Default: JSON if it is one of them, else the first.",
  ),
  checkReplies: optional(option.boolean, "Whether replies are checked by the description, too. Default: true."),
  pages: optional(
    option.object(pageOptions),
    "The reply is a list that comes page by page: the body is a stream of all of its items, for `split`. GET only. Further pages are asked for as items are read.",
    { example: { items: "data", next: "cursor", field: "meta.next", parameter: "cursor" } },
  ),
  stream: optional(
    option.boolean,
    "Whether the reply's body is a stream: of records where its format is a sequence of them (NDJSON, CSV), else of bytes. `timeout` holds for each piece, and `maxResponse` does not hold.",
  ),
  headers: withDefault(option.mapOf(option.text), {}, "Headers of every request."),
  secretHeaders: optional(option.mapOf(option.text), "Headers that are never shown, such as authorization.", {
    secret: true,
    example: { authorization: "Bearer ${ERP_TOKEN}" },
  }),
  forward: withDefault(option.listOf(option.name), [], "Headers of the message that are sent along. Without this none is."),
  format: withDefault(formatChoice, { name: "json" }, "The format of the bodies that are sent. Replies are read by their own media type."),
  idempotencyHeader: withDefault(
    option.name,
    "idempotency-key",
    "The header that carries the key which is the same on every attempt (methods that change something only).",
  ),
  ...connectionOptions,
};

export type ClientOptions = OptionsOf<typeof clientOptions>;
