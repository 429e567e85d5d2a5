import { isReplayable } from "./body-stream.ts";
import type { OutgoingRequest, SendHttp } from "./outgoing.ts";
import { basicCredentials, createTokens, type TokenRequest } from "./tokens.ts";
import type { Clock } from "@portolan/core";

/** How a request says who sends it. */
export type Authorization =
  | { readonly kind: "header" | "query" | "cookie"; readonly name: string; readonly value: string }
  | ({ readonly kind: "oauth" } & TokenRequest);

export function bearer(token: string): Authorization {
  return { kind: "header", name: "authorization", value: `Bearer ${token}` };
}

export function basic(username: string, password: string): Authorization {
  return { kind: "header", name: "authorization", value: basicCredentials(username, password) };
}

/** Sends requests with credentials. A token that is refused is fetched anew, once. `fetch` sends the requests for tokens. */
export function authorized(send: SendHttp, all: readonly Authorization[], { clock, fetch }: { clock: Clock; fetch: SendHttp }): SendHttp {
  return all.reduce(
    (inner, one) => (one.kind === "oauth" ? withToken(inner, createTokens(one, fetch, clock)) : withValue(inner, one)),
    send,
  );
}

function withValue(send: SendHttp, { kind, name, value }: Exclude<Authorization, { kind: "oauth" }>): SendHttp {
  if (kind === "header") return (request, signal) => send(withHeader(request, name, value), signal);
  if (kind === "query") {
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    return (request, signal) => send({ ...request, path: `${request.path}${request.path.includes("?") ? "&" : "?"}${pair}` }, signal);
  }
  const pair = `${name}=${encodeURIComponent(value)}`;
  return (request, signal) => {
    const { cookie } = request.headers;
    return send(withHeader(request, "cookie", cookie === undefined ? pair : `${cookie}; ${pair}`), signal);
  };
}

function withToken(send: SendHttp, tokens: ReturnType<typeof createTokens>): SendHttp {
  return async (request, signal) => {
    const first = await tokens.current(signal);
    const answer = await send(withHeader(request, "authorization", `Bearer ${first}`), signal);
    if (answer.status !== 401 || !isReplayable(request.body)) return answer;
    tokens.refused(first);
    const second = await tokens.current(signal);
    return second === first ? answer : send(withHeader(request, "authorization", `Bearer ${second}`), signal);
  };
}

function withHeader(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
