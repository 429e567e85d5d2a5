import { PortolanError, isRecord, type Format } from "@portolan/core";
import {
  agreedPolicies,
  type Door,
  type DoorHost,
  type DoorPolicies,
  type Exchange,
  type MountedDoor,
  type PolicyOptions,
  type Problem,
  type WholeReply,
} from "@portolan/gateway";
import {
  INVALID_PARAMS,
  INVALID_REQUEST,
  INTERNAL_ERROR,
  METHOD_NOT_FOUND,
  PARSE_ERROR,
  REFUSED,
  RpcError,
  errorText,
  readRpc,
  resultText,
  type Json,
} from "./json-rpc.ts";
import type { UriMatch } from "./resource-template.ts";
import { VERSIONS } from "./versions.ts";

/** What an endpoint offers to agents. */
export type Offer = ToolOffer | ResourceOffer;

export interface ToolOffer {
  readonly kind: "tool";
  readonly name: string;
  /** As `tools/list` shows it. */
  readonly listing: Json;
  call(request: OfferRequest): Promise<Json>;
}

export interface ResourceOffer {
  readonly kind: "resource" | "template";
  /** Its URI, or the template of its URIs. */
  readonly name: string;
  readonly listing: Json;
  readonly match: UriMatch;
  read(uri: string, request: OfferRequest): Promise<Json>;
}

export interface OfferRequest {
  readonly body: Json;
  /** The `_meta` of the request. */
  readonly meta: Json;
  readonly exchange: Exchange;
}

export interface EndpointPlace {
  readonly path: string;
  readonly owner: string;
  readonly origins: readonly string[];
  /** How bodies are read: with the limits of the format. */
  readonly json: Format;
  readonly policies: PolicyOptions | undefined;
}

const SERVER = { name: "portolan", version: "0.1.0" };
const JSON_HEADERS = { "content-type": "application/json" };

interface Endpoint {
  readonly offers: Map<string, Offer>;
  readonly origins: Set<string>;
  readonly door: Door;
  mounted: MountedDoor;
  policies: DoorPolicies | undefined;
}

const endpoints = new WeakMap<DoorHost, Map<string, Endpoint>>();

/**
 * Adds an offer to the endpoint of a path, which is mounted with its first and unmounted with its last. Returns what takes the
 * offer away again. Throws PORTOLAN_CONFIG_INVALID if the endpoint has one of that name.
 */
export function addOffer(host: DoorHost, place: EndpointPlace, offer: Offer): () => void {
  const ofHost = endpoints.get(host) ?? new Map<string, Endpoint>();
  endpoints.set(host, ofHost);
  const endpoint = ofHost.get(place.path) ?? mountEndpoint(host, place);
  ofHost.set(place.path, endpoint);
  mountWith(host, endpoint, place);
  const key = `${offer.kind} ${offer.name}`;
  if (endpoint.offers.has(key)) {
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${place.owner}: the endpoint ${place.path} already has the ${key}`, {
      hint: "Each name leads to one route. Give one of them another name, or another path.",
    });
  }
  endpoint.offers.set(key, offer);
  for (const origin of place.origins) endpoint.origins.add(origin);
  return () => {
    endpoint.offers.delete(key);
    if (endpoint.offers.size > 0) return;
    endpoint.mounted.unmount();
    ofHost.delete(place.path);
  };
}

function mountEndpoint(host: DoorHost, { path, owner, json }: EndpointPlace): Endpoint {
  const offers = new Map<string, Offer>();
  const origins = new Set<string>();
  const door: Door = {
    method: "POST",
    path,
    owner,
    problem: problemAnswer,
    async handle(exchange) {
      const refusal = refusalOf(exchange, origins);
      if (refusal !== undefined) return exchange.reply(refusal.status, JSON_HEADERS, errorText(null, refusal.error));
      const bytes = await exchange.readBody();
      await answer(exchange, decode(json, bytes), offers);
    },
  };
  return { offers, origins, door, policies: undefined, mounted: host.mount(door) };
}

/** Policies that come with a later door hold from then on. */
function mountWith(host: DoorHost, endpoint: Endpoint, { path, owner, policies: options }: EndpointPlace): void {
  const agreed = agreedPolicies(endpoint.policies, { name: `mcp ${path}`, owner, options });
  if (agreed === endpoint.policies) return;
  endpoint.policies = agreed;
  endpoint.mounted.unmount();
  endpoint.mounted = host.mount(endpoint.door, agreed);
}

/** The answer to a request that was refused before it was read, by a policy or by the host. */
function problemAnswer({ status, headers, details }: Problem): WholeReply {
  const error = new RpcError(status < 500 ? REFUSED : INTERNAL_ERROR, details.detail ?? details.title, details);
  return { status, headers: { ...headers, ...JSON_HEADERS }, body: errorText(null, error) };
}

interface Refusal {
  readonly status: number;
  readonly error: RpcError;
}

/** A page of a stranger that a user looks at must not call tools of the user's machine (DNS rebinding). */
function refusalOf({ headers }: Exchange, origins: ReadonlySet<string>): Refusal | undefined {
  const origin = headers["origin"];
  if (origin !== undefined && !isLocal(String(origin)) && !origins.has(String(origin)))
    return { status: 403, error: new RpcError(INVALID_REQUEST, `the origin ${String(origin)} may not call this endpoint`) };
  const version = headers["mcp-protocol-version"];
  if (version !== undefined && !VERSIONS.includes(String(version)))
    return {
      status: 400,
      error: new RpcError(INVALID_REQUEST, `the protocol version ${String(version)} is none of ${VERSIONS.join(", ")}`),
    };
  return undefined;
}

function isLocal(origin: string): boolean {
  return URL.canParse(origin) && ["localhost", "127.0.0.1", "[::1]"].includes(new URL(origin).hostname);
}

function decode(json: Format, bytes: Buffer): { readonly value: unknown } | RpcError {
  try {
    return { value: json.decode(bytes) };
  } catch (cause) {
    return new RpcError(PARSE_ERROR, `the body is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

async function answer(exchange: Exchange, read: { readonly value: unknown } | RpcError, offers: ReadonlyMap<string, Offer>): Promise<void> {
  if (read instanceof RpcError) return exchange.reply(400, JSON_HEADERS, errorText(null, read));
  const message = readRpc(read.value);
  if (message.kind === "silent") return exchange.reply(202, {});
  if (message.kind === "invalid") return exchange.reply(400, JSON_HEADERS, errorText(null, new RpcError(INVALID_REQUEST, message.reason)));
  const { id, method, params } = message;
  try {
    const result = await resultOf(method, params, { exchange, offers });
    exchange.reply(200, JSON_HEADERS, resultText(id, result));
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    exchange.reply(200, JSON_HEADERS, errorText(id, error));
  }
}

interface Scene {
  readonly exchange: Exchange;
  readonly offers: ReadonlyMap<string, Offer>;
}

function resultOf(method: string, params: Json, { exchange, offers }: Scene): Json | Promise<Json> {
  const list = (kind: Offer["kind"]) => [...offers.values()].filter((offer) => offer.kind === kind).map(({ listing }) => listing);
  switch (method) {
    case "initialize":
      return initialized(params, [...offers.values()]);
    case "ping":
      return {};
    case "tools/list":
      return { tools: list("tool") };
    case "resources/list":
      return { resources: list("resource") };
    case "resources/templates/list":
      return { resourceTemplates: list("template") };
    case "tools/call":
      return callTool(params, { exchange, offers });
    case "resources/read":
      return readResource(params, { exchange, offers });
    default:
      throw new RpcError(METHOD_NOT_FOUND, `there is no method ${method}`);
  }
}

function initialized(params: Json, offers: readonly Offer[]): Json {
  const wanted = params["protocolVersion"];
  const protocolVersion = typeof wanted === "string" && VERSIONS.includes(wanted) ? wanted : VERSIONS[0];
  const capabilities = {
    ...(offers.some(({ kind }) => kind === "tool") ? { tools: {} } : {}),
    ...(offers.some(({ kind }) => kind !== "tool") ? { resources: {} } : {}),
  };
  return { protocolVersion, capabilities, serverInfo: SERVER };
}

function callTool(params: Json, { exchange, offers }: Scene): Promise<Json> {
  const { name, arguments: given = {} } = params;
  const tool = offers.get(`tool ${String(name)}`);
  if (tool?.kind !== "tool") throw new RpcError(INVALID_PARAMS, `there is no tool ${String(name)}`);
  if (!isRecord(given)) throw new RpcError(INVALID_PARAMS, "the arguments are no object");
  return tool.call({ body: given, meta: metaOf(params), exchange });
}

function readResource(params: Json, { exchange, offers }: Scene): Promise<Json> {
  const uri = String(params["uri"]);
  // One that is named goes before all templates that it would fit.
  const resources = [...offers.values()].filter((offer) => offer.kind !== "tool").toSorted((a, b) => a.kind.localeCompare(b.kind));
  for (const resource of resources) {
    const body = resource.match(uri);
    if (body !== undefined) return resource.read(uri, { body, meta: metaOf(params), exchange });
  }
  throw resourceNotFound(uri);
}

export function resourceNotFound(uri: string): RpcError {
  return new RpcError(INVALID_PARAMS, `there is no resource ${uri}`, { uri });
}

function metaOf(params: Json): Json {
  return isRecord(params["_meta"]) ? params["_meta"] : {};
}
