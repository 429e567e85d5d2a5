import { PortolanError } from "@portolan/core";
import { basic, bearer, type Authorization } from "./authorized.ts";
import type { ConnectionOptions, Credential } from "./connection-options.ts";

export type Given = string | Credential;

/** What `auth` says. Throws PORTOLAN_CONFIG_INVALID if it is not enough. */
export function authOf(auth: ConnectionOptions["auth"]): readonly Authorization[] {
  return auth === undefined ? [] : [authorizationOf(auth)];
}

function authorizationOf(given: Given): Authorization {
  if (typeof given === "string") return bearer(given);
  const { token, username, password, clientId, clientSecret, tokenUrl } = given;
  if (token !== undefined) return bearer(token);
  if (username !== undefined && password !== undefined) return basic(username, password);
  if (clientId !== undefined && clientSecret !== undefined && tokenUrl !== undefined) return oauthOf(given, tokenUrl, []);
  throw authMistake("auth is not enough to say who calls", "expected token, username and password, or clientId, clientSecret and tokenUrl");
}

export function oauthOf(given: Credential, tokenUrl: string, needed: readonly string[]): Authorization {
  const url = URL.parse(tokenUrl);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw authMistake(`tokenUrl is no absolute http or https URL: ${tokenUrl}`, "say tokenUrl with the credentials");
  const { clientId = "", clientSecret = "", scopes = needed, clientAuthentication = "header" } = given;
  return { kind: "oauth", tokenUrl, clientId, clientSecret, scopes, clientAuthentication };
}

export function authMistake(message: string, hint: string): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", message, { hint });
}
