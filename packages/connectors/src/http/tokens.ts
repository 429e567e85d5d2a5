import { PortolanError, isRecord, type Clock } from "@portolan/core";
import type { SendHttp } from "./outgoing.ts";
import { errorOfStatus } from "../remote-error.ts";

export interface TokenRequest {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly clientAuthentication: "header" | "body";
}

/** Access tokens of OAuth 2 client credentials (RFC 6749, section 4.4), each fetched once and kept until shortly before it expires. */
export interface Tokens {
  current(signal?: AbortSignal): Promise<string>;
  /** A token that was refused is not used again. */
  refused(token: string): void;
}

interface Token {
  readonly value: string;
  readonly until: number;
}

/** Tokens are renewed so long before they expire, or a tenth of their life if that is less. */
const MARGIN_MS = 30_000;

export function createTokens(request: TokenRequest, send: SendHttp, clock: Clock): Tokens {
  let token: Token | undefined;
  let fetching: Promise<Token> | undefined;
  // Nobody's signal: whoever else waits for the same token still wants it.
  const fetched = (): Promise<Token> => (fetching ??= fetchToken(request, send, clock).finally(() => (fetching = undefined)));
  return {
    async current(signal) {
      signal?.throwIfAborted();
      if (token === undefined || token.until <= clock.now()) token = await fetched();
      return token.value;
    },
    refused(value) {
      if (token?.value === value) token = undefined;
    },
  };
}

async function fetchToken(
  { tokenUrl, clientId, clientSecret, scopes, clientAuthentication }: TokenRequest,
  send: SendHttp,
  clock: Clock,
): Promise<Token> {
  const url = new URL(tokenUrl);
  const endpoint = `POST ${url.origin}${url.pathname}`;
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (scopes.length > 0) form.set("scope", scopes.join(" "));
  if (clientAuthentication === "body") {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret);
  }
  const answer = await send({
    method: "POST",
    base: url.origin,
    path: url.pathname + url.search,
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      ...(clientAuthentication === "header" ? { authorization: basicCredentials(formEncoded(clientId), formEncoded(clientSecret)) } : {}),
    },
    body: Buffer.from(form.toString()),
    endpoint,
  });
  if (answer.status < 200 || answer.status > 299) throw errorOfStatus(answer, endpoint, clock.now());
  const reply = jsonOf(answer.body);
  const value = isRecord(reply) ? reply["access_token"] : undefined;
  if (!isRecord(reply) || typeof value !== "string" || value === "")
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint} answered without an access_token`, { endpoint });
  const lifeMs = Number(reply["expires_in"]) * 1000;
  return { value, until: Number.isFinite(lifeMs) ? clock.now() + lifeMs - Math.min(MARGIN_MS, lifeMs / 10) : Infinity };
}

export function basicCredentials(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** RFC 6749, section 2.3.1. */
function formEncoded(text: string): string {
  return new URLSearchParams({ a: text }).toString().slice(2);
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}
