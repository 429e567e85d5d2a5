import { createHash, timingSafeEqual } from "node:crypto";
import { isRecord, listNames, PortolanError } from "@portolan/core";
import type { ApiOperation } from "@portolan/formats/openapi";
import type { Exchange } from "@portolan/gateway";

/** Who may call: by security scheme, callers and their keys, passwords or tokens. */
export type Credentials = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface Admission {
  /** The name of the caller, undefined if anybody may call; throws PORTOLAN_UNAUTHENTICATED. */
  admit(exchange: Exchange): string | undefined;
  /** Where keys stand, so that they do not go on with the message. */
  readonly keys: readonly { readonly place: string; readonly name: string }[];
}

interface Scheme {
  /** The caller whose secret the request has. */
  callerOf(exchange: Exchange): string | undefined;
  /** What the caller is told (RFC 9110, section 11.6.1). */
  readonly challenge: string;
}

/** The schemes of doors that have no API description. */
export const OWN_SCHEMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" },
  basic: { type: "http", scheme: "basic" },
  bearer: { type: "http", scheme: "bearer" },
};

/** What OpenAPI says of a door's security. */
export interface Secured {
  readonly security: ApiOperation["security"];
  readonly securitySchemes: Readonly<Record<string, unknown>>;
}

/** A door without a description lets in whoever one of its schemes knows. */
export function ownSecurity(credentials: Credentials): Secured {
  const names = Object.keys(credentials);
  return {
    security: names.map((name) => ({ [name]: [] })),
    securitySchemes: Object.fromEntries(names.map((name) => [name, OWN_SCHEMES[name]])),
  };
}

/** Throws PORTOLAN_CONFIG_INVALID where nobody could ever come in. Scopes are left to the route. */
export function createAdmission({ security, securitySchemes }: Secured, credentials: Credentials): Admission {
  const unknown = Object.keys(credentials).find((name) => !Object.hasOwn(securitySchemes, name));
  if (unknown !== undefined)
    throw new PortolanError(
      "PORTOLAN_CONFIG_INVALID",
      `credentials: there is no security scheme ${JSON.stringify(unknown)}; there ${namesOf(securitySchemes)}`,
    );
  const schemes = new Map(Object.entries(credentials).map(([name, callers]) => [name, schemeOf(name, securitySchemes[name], callers)]));
  const alternatives = security.map((one) => Object.keys(one));
  const possible = alternatives.filter((names) => names.every((name) => schemes.has(name)));
  if (alternatives.length > 0 && possible.length === 0)
    throw new PortolanError(
      "PORTOLAN_CONFIG_INVALID",
      `credentials let nobody in: the door needs ${listNames(alternatives.map((names) => names.join(" with ")))}`,
      {
        hint: "give the callers of one of these and their keys, such as credentials: { NAME: { CALLER: ${KEY} } }",
      },
    );
  const isOpen = possible.length === 0 || possible.some((names) => names.length === 0);
  const admit = (exchange: Exchange): string | undefined => {
    const caller = admitted(possible, schemes, exchange);
    if (caller !== undefined || isOpen) return caller;
    exchange.addHeaders({ "www-authenticate": [...new Set(possible.flat())].map((name) => schemes.get(name)?.challenge ?? "").join(", ") });
    throw new PortolanError("PORTOLAN_UNAUTHENTICATED", "the request has no key, password or token that is known here");
  };
  const keys = Object.values(securitySchemes).flatMap((scheme) =>
    isRecord(scheme) && scheme["type"] === "apiKey" ? [{ place: String(scheme["in"]), name: String(scheme["name"]) }] : [],
  );
  return { admit, keys };
}

function namesOf(schemes: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(schemes);
  return names.length === 0 ? "are none" : `${names.length === 1 ? "is" : "are"} ${listNames(names)}`;
}

/** The first way in that the request has the secrets for; each of its schemes has to know the caller. */
function admitted(ways: readonly (readonly string[])[], schemes: ReadonlyMap<string, Scheme>, exchange: Exchange): string | undefined {
  for (const names of ways) {
    const callers = names.map((name) => schemes.get(name)?.callerOf(exchange));
    const [first] = callers;
    if (first !== undefined && callers.every((caller) => caller !== undefined)) return first;
  }
  return undefined;
}

function schemeOf(name: string, scheme: unknown, callers: Readonly<Record<string, string>>): Scheme {
  const { type, in: place, name: key, scheme: kind } = isRecord(scheme) ? scheme : {};
  const known = Object.entries(callers).map(([caller, secret]) => ({ caller, digest: digestOf(secret) }));
  if (known.length === 0)
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `credentials.${name}: expected callers and their secrets, found none`);
  if (type === "apiKey" && typeof key === "string") {
    const where = String(place);
    return { callerOf: (exchange) => callerWith(secretAt(exchange, where, key), known), challenge: `ApiKey in="${where}", name="${key}"` };
  }
  const way = type === "http" ? String(kind).toLowerCase() : type === "oauth2" || type === "openIdConnect" ? "bearer" : String(type);
  if (way === "bearer") return { callerOf: (exchange) => callerWith(authorizationOf(exchange, "bearer"), known), challenge: "Bearer" };
  if (way === "basic")
    return {
      callerOf: (exchange) => basicCaller(authorizationOf(exchange, "basic"), known),
      challenge: 'Basic realm="api", charset="UTF-8"',
    };
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `credentials.${name}: the scheme ${way} is not checked here`, {
    hint: "keys, basic and bearer are; others are for a gateway in front",
  });
}

interface Known {
  readonly caller: string;
  readonly digest: Buffer;
}

/** Of the same length whatever the secret is, so that comparing tells nothing of it. */
function digestOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

/** All are compared, whichever fits. */
function callerWith(secret: string | undefined, known: readonly Known[]): string | undefined {
  if (secret === undefined) return undefined;
  const digest = digestOf(secret);
  return known.filter((one) => timingSafeEqual(one.digest, digest))[0]?.caller;
}

function secretAt({ headers, query }: Exchange, place: string, name: string): string | undefined {
  const value = place === "query" ? query[name] : place === "cookie" ? cookieOf(headers["cookie"], name) : headers[name.toLowerCase()];
  return typeof value === "string" ? value : undefined;
}

function cookieOf(header: string | readonly string[] | undefined, name: string): string | undefined {
  const pairs = header === undefined ? [] : String(header).split(";");
  return pairs
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

function authorizationOf({ headers }: Exchange, scheme: string): string | undefined {
  const header = headers["authorization"];
  if (typeof header !== "string") return undefined;
  const [, kind, value] = /^([\w-]+) +(\S.*)$/.exec(header) ?? [];
  return kind?.toLowerCase() === scheme ? value : undefined;
}

/** RFC 7617: the name of the caller is what is said before the colon. */
function basicCaller(encoded: string | undefined, known: readonly Known[]): string | undefined {
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString();
  const end = text.indexOf(":");
  const caller = end < 0 ? text : text.slice(0, end);
  return callerWith(
    end < 0 ? undefined : text.slice(end + 1),
    known.filter((one) => one.caller === caller),
  );
}
