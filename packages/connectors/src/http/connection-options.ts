import { option, optional, required, withDefault, type OptionSpec, type OptionsOf, type OptionType } from "@portolan/core";

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
export const credential: OptionType<string | Credential> = option.either(
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

export type ConnectionOptions = OptionsOf<typeof connectionOptions>;

/** What holds where nothing is said. */
export function defaultConnection(): ConnectionOptions {
  const said = Object.entries<OptionSpec>(connectionOptions).filter(([, spec]) => spec.presence === "default");
  // The specs give the defaults their types.
  return Object.fromEntries(said.map(([name, spec]) => [name, spec.default])) as ConnectionOptions;
}
