import { isRecord, listNames, nearestName } from "@portolan/core";
import type { ApiDocument, ApiOperation } from "@portolan/formats/openapi";
import { authMistake, oauthOf, type Given } from "../../http/auth.ts";
import { basic, bearer, type Authorization } from "../../http/authorized.ts";
import type { Credential } from "../../http/connection-options.ts";
import type { ClientOptions } from "./options.ts";

/** The credentials of an operation by the security schemes of its description: of the alternatives the first for which all are given. */
export function apiAuthorizations(
  { credentials = {}, auth, headers, secretHeaders = {} }: Pick<ClientOptions, "credentials" | "auth" | "headers" | "secretHeaders">,
  { securitySchemes }: ApiDocument,
  { id, security }: ApiOperation,
): readonly Authorization[] {
  const unknown = Object.keys(credentials).find((name) => !Object.hasOwn(securitySchemes, name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, Object.keys(securitySchemes));
    throw authMistake(
      `the description has no security scheme ${JSON.stringify(unknown)}`,
      nearest === undefined ? `it has ${listNames(Object.keys(securitySchemes))}` : `did you mean "${nearest}"?`,
    );
  }
  const chosen = security.find(
    (alternative) => Object.keys(alternative).length > 0 && Object.keys(alternative).every((name) => Object.hasOwn(credentials, name)),
  );
  if (chosen !== undefined)
    return Object.entries(chosen).map(([name, scopes]) =>
      authorization({ name, scheme: securitySchemes[name], scopes }, credentials[name] ?? ""),
    );
  // Said in ways of the user's own.
  const isSaid =
    auth !== undefined ||
    [...Object.keys(headers), ...Object.keys(secretHeaders)].some((name) => /^(?:authorization|cookie|.*(?:key|token).*)$/i.test(name));
  const isOpen = security.length === 0 || security.some((alternative) => Object.keys(alternative).length === 0);
  if (isSaid || isOpen) return [];
  const ways = security.map((alternative) => Object.keys(alternative).join(" with "));
  throw authMistake(`${id} needs credentials, and none are given`, `say credentials for ${listNames(ways)}`);
}

interface NamedScheme {
  readonly name: string;
  readonly scheme: unknown;
  readonly scopes: readonly string[];
}

function authorization({ name, scheme, scopes }: NamedScheme, given: Given): Authorization {
  const credential: Credential = typeof given === "string" ? { token: given } : given;
  const { token, username, password, clientId, clientSecret } = credential;
  const is = isRecord(scheme) ? scheme : {};
  const missing = (expected: string) => authMistake(`the credentials of ${name} are not enough`, `expected ${expected}`);
  switch (is["type"]) {
    case "apiKey": {
      if (token === undefined) throw missing("a text: the key");
      const place = is["in"];
      const kind = place === "query" || place === "cookie" ? place : "header";
      return { kind, name: kind === "header" ? String(is["name"]).toLowerCase() : String(is["name"]), value: token };
    }
    case "http":
      if (/^basic$/i.test(String(is["scheme"]))) {
        if (username === undefined || password === undefined) throw missing("username and password");
        return basic(username, password);
      }
      if (token === undefined) throw missing("a text: the token");
      return /^bearer$/i.test(String(is["scheme"]))
        ? bearer(token)
        : { kind: "header", name: "authorization", value: `${String(is["scheme"])} ${token}` };
    case "oauth2":
    case "openIdConnect": {
      if (token !== undefined) return bearer(token);
      if (clientId === undefined || clientSecret === undefined) throw missing("clientId and clientSecret, or a token");
      return oauthOf(credential, credential.tokenUrl ?? tokenUrlOf(is), scopes);
    }
    default:
      if (token === undefined) throw missing("a token");
      return bearer(token);
  }
}

function tokenUrlOf({ flows }: Readonly<Record<string, unknown>>): string {
  const flow = isRecord(flows) ? flows["clientCredentials"] : undefined;
  const url = isRecord(flow) ? flow["tokenUrl"] : undefined;
  return typeof url === "string" ? url : "";
}
