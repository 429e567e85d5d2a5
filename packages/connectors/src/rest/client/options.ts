import { formatChoice } from "@portolan/formats";
import { option, optional, required, withDefault, type OptionSpec, type OptionsOf, type OptionType } from "@portolan/core";

function clientUrl(method: string): OptionSpec<string, "optional"> {
  return optional(option.text, `Sends ${method} to this URL. {name} is a field of the body, or else a header.`, {
    example: "https://erp.example/orders/{id}",
  });
}

const values = (what: string): OptionSpec<Readonly<Record<string, ParameterExpression>>, "optional"> =>
  optional(option.mapOf(option.expression), `${what}, by their names.`, { example: { id: "order.id" } });

type ParameterExpression = NonNullable<ReturnType<typeof option.expression.read>>;

const credentialOptions = {
  token: optional(option.text, "A bearer token, or the key of an `apiKey` scheme.", { secret: true }),
  username: optional(option.text, "Of basic authentication, with `password`."),
  password: optional(option.text, "Of basic authentication.", { secret: true }),
  clientId: optional(option.text, "Of OAuth 2 client credentials, with `clientSecret`: tokens are fetched, and kept until they expire."),
  clientSecret: optional(option.text, "Of OAuth 2 client credentials.", { secret: true }),
  tokenUrl: optional(option.text, "Where tokens are fetched. Default: what the API description says."),
  scopes: optional(option.listOf(option.text), "What tokens are asked for. Default: what the operation needs."),
  clientAuthentication: optional(
    option.oneOf("header", "body"),
    "How `clientId` and `clientSecret` are sent: basic authentication (default), or fields of the form.",
  ),
};

export type Credential = OptionsOf<typeof credentialOptions>;

/** A text is a token. */
const credential: OptionType<string | Credential> = option.either(
  option.text,
  (value) => typeof value === "string",
  option.object(credentialOptions),
);

const tlsOptions = {
  ca: optional(
    option.oneOrMore(option.text),
    "Certificates of authorities that are trusted in place of the usual ones: PEM, or paths of files.",
  ),
  cert: optional(option.text, "The client's own certificate: PEM, or the path of a file."),
  key: optional(option.text, "Its private key: PEM, or the path of a file.", { secret: true }),
  passphrase: optional(option.text, "Of the private key.", { secret: true }),
  serverName: optional(option.text, "The name that the server's certificate has to hold, if not that of the URL."),
  verify: withDefault(option.boolean, true, "False trusts every certificate: for tests only."),
};

const retryOptions = {
  attempts: withDefault(option.integer({ min: 1 }), 3, "The first one included."),
  delay: withDefault(option.duration, 200, "Before the second attempt; it doubles from attempt to attempt, and half of it is random."),
  maxDelay: withDefault(option.duration, 5000, "The delay's ceiling. A `Retry-After` beyond it ends the attempts."),
  unsafe: withDefault(
    option.boolean,
    false,
    "Whether POST and PATCH are repeated, too. Else they are only where the request never left, or was answered with 429 or 503.",
  ),
};

const breakerOptions = {
  failures: withDefault(option.integer({ min: 1 }), 5, "So many failures in a row open it: no answer, or 5xx."),
  openFor: withDefault(option.duration, 30_000, "How long no request is made. The first one after that decides whether it closes."),
};

const rateOptions = {
  requests: required(option.integer({ min: 1, max: 100_000 }), "So many requests are sent."),
  per: required(option.duration, "In any span of this length, wherever it begins.", { example: "1s" }),
};

const cacheOptions = {
  maxSize: withDefault(option.bytes, 16 * 1024 ** 2, "All that is kept in memory; what was used longest ago goes first."),
};

/** How one system is reached, whatever is asked of it. */
export const connectionOptions = {
  servers: optional(
    option.oneOrMore(option.text),
    "Base addresses in place of the URL's, or of the servers of the API description. Of several the next one is asked in turn; one that fails is left alone for a while.",
    { example: ["https://erp-1.example", "https://erp-2.example"] },
  ),
  auth: optional(credential, "How the client says who it is. A text is a bearer token.", { secret: true, example: "${ERP_TOKEN}" }),
  timeout: withDefault(
    option.duration,
    30_000,
    "From the send to the last byte of the reply, waiting for a free connection included; of each attempt.",
  ),
  connectTimeout: withDefault(option.duration, 10_000, "For establishing a connection."),
  maxConnections: withDefault(option.integer({ min: 1 }), 64, "Connections to one server at the most; further requests wait for one."),
  maxResponse: withDefault(option.bytes, 16 * 1024 ** 2, "Larger replies are refused; compressed ones by what they come to."),
  compression: withDefault(option.boolean, true, "Whether replies may come compressed."),
  redirects: withDefault(
    option.integer({ min: 0, max: 20 }),
    0,
    "So many redirects are followed: those of requests that change nothing, and 307 and 308 of all. Other servers are asked only if `redirectsTo` lists them.",
  ),
  redirectsTo: withDefault(option.listOf(option.text), [], "Origins besides the own one that redirects may lead to, without credentials."),
  retry: optional(
    option.object(retryOptions),
    "Repeats requests that failed; the last answer counts. `onError` of a route repeats more than that.",
  ),
  circuitBreaker: optional(option.object(breakerOptions), "Makes no requests for a while when all fail: PORTOLAN_CIRCUIT_OPEN."),
  rateLimit: optional(
    option.object(rateOptions),
    "How fast requests are sent; further ones wait for their turn within `timeout`. A `Retry-After` of the system holds all of them back.",
  ),
  cache: optional(option.object(cacheOptions), "Keeps replies to GET as HTTP says (RFC 9111), and asks whether they have changed."),
  tls: optional(option.object(tlsOptions), "Certificates."),
  proxy: optional(option.text, "The HTTP proxy that requests go through; `env` takes HTTP_PROXY, HTTPS_PROXY and NO_PROXY.", {
    example: "http://proxy.example:3128",
  }),
};

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
  operation: optional(option.text, "The `operationId`, or method and path such as `GET /orders/{id}`, of the operation of `client`.", {
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
  body: optional(option.expression, "The body of the request, if it is not that of the message.", { example: "order" }),
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
export type ConnectionOptions = OptionsOf<typeof connectionOptions>;
