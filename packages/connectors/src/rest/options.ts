import { policyOptions } from "@portolan/gateway";
import { option, optional, withDefault, type OptionSpec, type OptionsOf } from "@portolan/core";

const DOOR_PATH = "on this path, such as `/orders/:id`, or `/files/*` for all below it.";

function doorPath(method: string): OptionSpec<string, "optional"> {
  return optional(option.name, `Answers ${method} ${DOOR_PATH}`, { example: "/orders/:id" });
}

/** A door: one method on one path, and how requests become messages and results replies. */
export const doorOptions = {
  get: doorPath("GET"),
  post: doorPath("POST"),
  put: doorPath("PUT"),
  patch: doorPath("PATCH"),
  delete: doorPath("DELETE"),
  head: doorPath("HEAD"),
  options: doorPath("OPTIONS"),
  query: doorPath("QUERY"),
  api: optional(
    option.text,
    "An API description (OpenAPI 2.0 to 3.2, JSON or YAML) in place of method and path: the door of its `operation`, which checks requests by it.",
    { example: "./openapi.yaml" },
  ),
  operation: optional(option.name, "The `operationId`, or method and path such as `GET /orders/{id}`, of the operation of `api`.", {
    example: "placeOrder",
  }),
  checkReplies: optional(
    option.boolean,
    "Whether replies are checked by `api`, too; a breach is 500. Default: true in `portolan dev` and in tests, false in `portolan start`.",
  ),
  unrouted: optional(
    option.oneOf("fail", "ignore"),
    "Operations of `api` that no route has: `fail` (default) refuses to start, `ignore` goes on. What any door of the document says holds.",
  ),
  mock: optional(
    option.boolean,
    "Answers in the route's stead, with the examples of `api` or with what its schemas allow; requests are checked all the same. Without `operation`: all operations that no route has. Default: false.",
  ),
  version: optional(
    option.name,
    "The version that this door answers, where others of its method and path answer other ones. A version that none of them has is 400.",
    { example: "2" },
  ),
  versionBy: optional(
    option.object({
      header: optional(option.name, "A header."),
      query: optional(option.name, "A parameter of the query."),
      mediaType: optional(
        option.boolean,
        "Content-Type or else Accept: `application/json;version=2`, or a name such as `application/vnd.shop.v2+json`.",
      ),
    }),
    "Where requests name the version: one of the three, and the same at all of these doors. Default: the header Api-Version.",
    { example: { header: "Api-Version" } },
  ),
  default: optional(option.boolean, "Whether this door answers requests that name no version, too. Default: false, such requests are 400."),
  mode: withDefault(
    option.oneOf("request", "accept"),
    "request",
    "`request` answers with the route's result. `accept` answers with the message's id once its unit of work is committed.",
  ),
  status: optional(
    option.integer({ min: 200, max: 299 }),
    "The status of success. Default 200, in mode accept 202. The header http-status of a result goes before.",
  ),
  consumes: optional(
    option.oneOrMore(option.name),
    "Media types of bodies; * is a wildcard as in image/*. Those without a format arrive as bytes. Default: all that have a format.",
    { example: ["application/json"] },
  ),
  produces: optional(
    option.oneOrMore(option.name),
    "Media types of replies, the preferred one first; the caller's Accept chooses. Default: JSON, NDJSON, CSV, text, bytes.",
    { example: ["application/json", "text/csv"] },
  ),
  parameters: optional(
    option.object({
      path: optional(option.contract, "JSON Schema of the path's parameters."),
      query: optional(option.contract, "JSON Schema of the query's parameters."),
      headers: optional(option.contract, "JSON Schema of the headers, in lower case."),
    }),
    "Contracts of what stands outside the body. Texts become numbers and booleans where the schema says so; a breach is 400.",
  ),
  credentials: optional(
    option.mapOf(option.mapOf(option.text)),
    "Who may call: by security scheme, callers and their keys, passwords (basic) or tokens (bearer). The schemes are those of `api`; of other doors `apiKey` (the header X-Api-Key), `basic` and `bearer`, any of which lets in. Others get 401. The name of the caller is the header `caller` of the message.",
    { secret: true, example: { apiKey: { acme: "${ACME_KEY}" } } },
  ),
  keepHeaders: withDefault(
    option.listOf(option.name),
    [],
    "Request headers that become headers of the message although they are left out by default, such as authorization.",
  ),
  replyHeaders: withDefault(
    option.listOf(option.name),
    [],
    "Further headers of a result that are sent with the reply. They are not taken from the request then.",
  ),
  etag: optional(
    option.boolean,
    "Gives replies to GET an ETag of their content, unless the route did. With or without it, callers that have the content already get 304. Default: false.",
  ),
  requireIfMatch: optional(option.boolean, "Refuses requests without If-Match with 428. Default: false."),
  streamBody: optional(
    option.boolean,
    "Bodies are streams, to be read once: of records where the format is one of records (NDJSON, CSV), else of bytes. Default: false.",
  ),
  maxBody: optional(option.bytes, "Larger bodies are refused with 413. Default: the limit of the HTTP host (1mb)."),
  timeout: optional(option.duration, "A request that takes longer is answered with 504. Default: the limit of the HTTP host (1m)."),
  policies: optional(option.object(policyOptions), "What holds at this door, inside of what the HTTP host's configuration says."),
};

export type DoorOptions = OptionsOf<typeof doorOptions>;
