import { isRecord, PortolanError, type ContractCheck, type HeaderValue, type Incoming, type SourceContext } from "@portolan/core";
import type { Exchange } from "@portolan/gateway";
import type { Admission } from "./admission.ts";
import { noBody, type BodyContract } from "./body-contract.ts";
import { omittedHeaders } from "./header-lists.ts";
import type { DoorOptions } from "./options.ts";
import type { ParameterReader } from "./parameter-reader.ts";
import { checkParameters, coerceParameters, type Parameters } from "./parameters.ts";
import { createBodyDecoders, type BodyDecoder, type BodyDecoders } from "./request-body.ts";
import { requiredOperation } from "./rest-method.ts";

/** The door's contracts of what stands outside the body. */
export interface ParameterContracts {
  readonly path?: ContractCheck | undefined;
  readonly query?: ContractCheck | undefined;
  readonly headers?: ContractCheck | undefined;
  readonly cookies?: ContractCheck | undefined;
}

/** What a door demands of requests. */
export interface RequestContracts {
  readonly parameters: ParameterContracts;
  /** How parameters are written; without it, each is a text, or a list of texts. */
  readonly reader?: ParameterReader;
  readonly body?: BodyContract;
  /** Who may call. */
  readonly admission?: Admission | undefined;
  /** Whether there are bodies though the method has none by itself. */
  readonly hasBody?: boolean;
}

/** What stands before the body. */
export interface RequestHead {
  readonly headers: Record<string, HeaderValue> | undefined;
  readonly path: Parameters;
  readonly query: Parameters;
  readonly cookies: Parameters;
}

/** A request becomes a message in two steps, neither of which waits unless a contract does: a promise costs as much as either. */
export interface RequestReader {
  head(exchange: Exchange): RequestHead | Promise<RequestHead>;
  /** How the body is to be read; undefined if there is none to be read. Throws if it is of a kind that the door does not take. */
  decoder(exchange: Exchange): BodyDecoder | undefined;
  message(head: RequestHead, body: DecodedBody | undefined): Incoming;
}

export interface DecodedBody {
  readonly value: unknown;
  /** Of a body that stays bytes: what the bytes are. */
  readonly contentType?: string | undefined;
  /** The media type that it came in. */
  readonly type: string | undefined;
}

/**
 * Requests as messages. The body is the decoded body, `null` if it is empty. Each parameter is a header `path-NAME` or
 * `query-NAME`; a method without a body has a map of its parameters as body, so that the route's contract can check them.
 */
export function createRequestReader(options: DoorOptions, context: SourceContext, contracts: RequestContracts): RequestReader {
  const { parameters, reader = PLAIN, body: checkBody = noBody } = contracts;
  const hasBody = contracts.hasBody === true || requiredOperation(options).hasBody;
  const { admission } = contracts;
  const keys = admission?.keys ?? [];
  const omitted = new Set([
    ...omittedHeaders(options.keepHeaders, options.replyHeaders),
    ...keys.filter(({ place, name }) => place === "header" && !options.keepHeaders.includes(name)).map(({ name }) => name.toLowerCase()),
    // No caller says itself who it is.
    ...(admission === undefined ? [] : [CALLER]),
  ]);
  const inQuery = keys.filter(({ place }) => place === "query").map(({ name }) => name);
  const decoders = createBodyDecoders(options.consumes, context.services);
  const isChecked = Object.values(parameters).some((contract) => contract !== undefined);

  return {
    head(exchange) {
      const caller = admission?.admit(exchange);
      const received = messageHeaders(exchange, omitted);
      const headers = caller === undefined ? received : { ...received, [CALLER]: caller };
      const head = {
        headers,
        path: reader.path(exchange),
        query: without(reader.query(exchange), inQuery),
        cookies: reader.cookies?.(exchange) ?? NONE,
      };
      return isChecked ? checkedHead(head, parameters, reader) : head;
    },
    decoder(exchange) {
      if (!hasBody || !exchange.hasBody) return undefined;
      refuseCoding(exchange);
      return chosenDecoder(decoders, exchange);
    },
    message({ headers, path, query, cookies }, body) {
      const named = addParameters(addParameters(addParameters(headers, "path-", path), "query-", query), "cookie-", cookies);
      if (!hasBody) return incoming(coerceParameters({ ...query, ...path }, context.input?.jsonSchema), named);
      const typed = body?.contentType === undefined ? named : { ...named, "content-type": body.contentType };
      const value = checkBody(body?.value, body?.type);
      return incoming(value === undefined ? null : value, typed);
    },
  };
}

/** How the body is to be read; a refusal says what is taken. */
export function chosenDecoder(decoders: BodyDecoders, exchange: Exchange): BodyDecoder {
  try {
    return decoders.choose(contentTypeOf(exchange));
  } catch (error) {
    // RFC 9110, section 15.5.16.
    if (decoders.taken !== undefined) exchange.addHeaders({ accept: decoders.taken });
    throw error;
  }
}

/** The body as data; one that has no format stays bytes, and its media type stays with it. */
export function decodeBody(decoder: BodyDecoder, bytes: Buffer, exchange: Exchange): DecodedBody | undefined {
  if (bytes.length === 0) return undefined;
  const type = contentTypeOf(exchange);
  return decoder.raw ? { value: bytes, contentType: type, type } : { value: decoder.decode(bytes), type };
}

/** The header of the message that names who called. */
const CALLER = "caller";

function without(values: Parameters, names: readonly string[]): Parameters {
  return names.length === 0 ? values : Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

/** The body as a stream, whose records are read as they come. */
export function decodeStream(decoder: BodyDecoder, exchange: Exchange): DecodedBody {
  const chunks = exchange.streamBody();
  const type = contentTypeOf(exchange);
  return decoder.decodeStream === undefined ? { value: chunks, contentType: type, type } : { value: decoder.decodeStream(chunks), type };
}

function messageHeaders(exchange: Exchange, omitted: ReadonlySet<string>): Record<string, HeaderValue> | undefined {
  let headers: Record<string, HeaderValue> | undefined;
  const received = exchange.headers;
  for (const name in received) {
    if (omitted.has(name) || name.startsWith("path-") || name.startsWith("query-")) continue;
    const value = received[name];
    if (value !== undefined) (headers ??= {})[name] = value;
  }
  return headers === undefined ? undefined : withoutConnectionHeaders(headers, received["connection"]);
}

type CheckedValues = readonly [path: Parameters, query: Parameters, headers: Parameters, cookies: Parameters];

function checkedHead(head: RequestHead, contracts: ParameterContracts, reader: ParameterReader): RequestHead | Promise<RequestHead> {
  const checked = (where: keyof ParameterContracts, values: Parameters) => {
    const contract = contracts[where];
    return contract === undefined ? values : checkParameters(where, values, contract);
  };
  const path = checked("path", head.path);
  const query = checked("query", head.query);
  const headers = checked("headers", reader.headers(head.headers ?? NONE));
  const cookies = checked("cookies", head.cookies);
  const headOf = ([ofPath, ofQuery, ofHeaders, ofCookies]: CheckedValues): RequestHead => ({
    path: ofPath,
    query: reader.withDefaults("query", ofQuery),
    headers: addParameters(undefined, "", reader.withDefaults("headers", ofHeaders)),
    cookies: reader.withDefaults("cookies", ofCookies),
  });
  if (path instanceof Promise || query instanceof Promise || headers instanceof Promise || cookies instanceof Promise)
    return Promise.all([path, query, headers, cookies]).then(headOf);
  return headOf([path, query, headers, cookies]);
}

function contentTypeOf(exchange: Exchange): string | undefined {
  const contentType = exchange.headers["content-type"];
  return typeof contentType === "string" ? contentType : undefined;
}

const NONE: Parameters = Object.freeze({});

/** Of doors without a description. */
const PLAIN: ParameterReader = {
  path: (exchange) => exchange.params,
  query: (exchange) => (exchange.queryText === "" ? NONE : exchange.query),
  headers: (received) => received,
  cookies: undefined,
  withDefaults: (_where, values) => values,
};

function incoming(body: unknown, headers: Record<string, HeaderValue> | undefined): Incoming {
  return headers === undefined ? { body } : { body, headers };
}

function addParameters(
  headers: Record<string, HeaderValue> | undefined,
  prefix: string,
  values: Parameters,
): Record<string, HeaderValue> | undefined {
  let all = headers;
  for (const name in values) {
    const value = values[name];
    if (isHeaderValue(value)) (all ??= {})[prefix + name] = value;
    // A map of the query, or of another part, as JSON: what has a body has no other place for it.
    else if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) (all ??= {})[prefix + name] = JSON.stringify(value);
  }
  return all;
}

/** A contract may yield values that no header can hold, such as dates; those are in the body only. */
function isHeaderValue(value: unknown): value is HeaderValue {
  if (Array.isArray(value)) return value.every((item) => !Array.isArray(item) && isHeaderValue(item));
  return typeof value === "string" || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

/** The Connection header names further headers that are of the connection. */
function withoutConnectionHeaders(headers: Record<string, HeaderValue>, connection: unknown): Record<string, HeaderValue> {
  if (typeof connection !== "string" || connection === "keep-alive" || connection === "close") return headers;
  const named = new Set(
    connection
      .toLowerCase()
      .split(",")
      .map((name) => name.trim()),
  );
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !named.has(name)));
}

/** Of a body that is to be read. */
export function refuseCoding(exchange: Exchange): void {
  const coding = exchange.headers["content-encoding"];
  if (coding === undefined || coding === "identity") return;
  exchange.addHeaders({ "accept-encoding": "identity" });
  throw new PortolanError(
    "PORTOLAN_MEDIA_TYPE",
    `the body's Content-Encoding is "${String(coding)}"; expected a body that is not compressed`,
  );
}
