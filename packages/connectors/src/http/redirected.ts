import { PortolanError } from "@portolan/core";
import type { HttpAnswer } from "../http-call.ts";
import { isReplayable } from "./body-stream.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import { SAFE_METHODS, type OutgoingRequest, type SendHttp } from "./outgoing.ts";

type RedirectOptions = Pick<ConnectionOptions, "redirects" | "redirectsTo">;

/** Follows redirects within an origin, and to those that are listed. One that leads elsewhere is the answer. */
export function redirected(send: SendHttp, { redirects, redirectsTo }: RedirectOptions): SendHttp {
  const allowed = new Set(redirectsTo.map((one) => new URL(one).origin));
  return async (first, signal) => {
    let request = first;
    for (let count = 0; ; count++) {
      const answer = await send(request, signal);
      const next = nextRequest(request, answer, allowed);
      if (next === undefined) return answer;
      if (count === redirects)
        throw new PortolanError("PORTOLAN_REMOTE_REJECTED", `${first.endpoint} redirects more than ${redirects} times`, {
          endpoint: first.endpoint,
        });
      request = next;
    }
  };
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

function nextRequest(request: OutgoingRequest, { status, headers }: HttpAnswer, allowed: ReadonlySet<string>): OutgoingRequest | undefined {
  const { location } = headers;
  if (!REDIRECTS.has(status) || typeof location !== "string") return undefined;
  const from = new URL(request.base + request.path);
  const to = URL.parse(location, from);
  if (to === null || !/^https?:$/.test(to.protocol) || to.username !== "" || to.password !== "") return undefined;
  const isOwn = to.origin === from.origin;
  if (!isOwn && !allowed.has(to.origin)) return undefined;
  // 303 says: look there. 301 and 302 of a request that changes something were meant in one way and are read in another.
  const isLook = status === 303 && !SAFE_METHODS.has(request.method);
  if (!isLook && status < 307 && !SAFE_METHODS.has(request.method)) return undefined;
  if (!isLook && !isReplayable(request.body)) return undefined;
  const sent = isOwn ? request.headers : only(request.headers, WITHOUT_CREDENTIALS);
  return {
    ...request,
    base: to.origin,
    path: to.pathname + to.search,
    ...(isLook ? { method: "GET", body: null, headers: without(sent, OF_BODIES) } : { headers: sent }),
  };
}

const WITHOUT_CREDENTIALS = new Set(["accept", "accept-encoding", "content-type", "traceparent", "tracestate"]);
const OF_BODIES = new Set(["content-type", "idempotency-key"]);

function only(headers: OutgoingRequest["headers"], names: ReadonlySet<string>): OutgoingRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.has(name)));
}

function without(headers: OutgoingRequest["headers"], names: ReadonlySet<string>): OutgoingRequest["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)));
}
