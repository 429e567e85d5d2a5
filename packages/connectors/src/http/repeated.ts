import { sleep, type Clock, type PortolanError, type Random } from "@portolan/core";
import type { HttpAnswer } from "../http-call.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import { isReplayable } from "./body-stream.ts";
import { SAFE_METHODS, isOutage, type OutgoingRequest, type SendHttp } from "./outgoing.ts";
import type { StreamedAnswer } from "./streamed.ts";
import { retryAfter } from "../remote-error.ts";

type RetryOptions = NonNullable<ConnectionOptions["retry"]>;

/** Repeats what failed. The last answer, or the last error, is what the caller gets. */
export function repeated(send: SendHttp, options: RetryOptions, { clock, random }: { clock: Clock; random: Random }): SendHttp {
  const delayAfter = (attempt: number, answer: HttpAnswer | undefined): number | undefined => {
    const asked = answer === undefined ? undefined : retryAfter(answer.headers["retry-after"], clock.now());
    if (asked !== undefined && asked > options.maxDelay) return undefined;
    const delay = Math.min(options.delay * 2 ** (attempt - 1), options.maxDelay);
    return Math.max(asked ?? 0, delay / 2 + (delay / 2) * random.next());
  };
  return async (request, signal) => {
    for (let attempt = 1; ; attempt++) {
      let answer: StreamedAnswer | undefined;
      let failure: unknown;
      try {
        answer = await send(request, signal);
      } catch (error) {
        failure = error;
      }
      const isMore =
        attempt < options.attempts &&
        isReplayable(request.body) &&
        (answer === undefined ? mayFollowError(failure, request, options) : mayFollow(answer.status, request, options));
      const delay = isMore ? delayAfter(attempt, answer) : undefined;
      if (delay !== undefined) await sleep(clock, delay, signal);
      else if (answer !== undefined) return answer;
      else throw failure;
    }
  };
}

const NOT_NOW = new Set([408, 425, 429, 500, 502, 503, 504]);
/** With these nothing was done. */
const NOT_DONE = new Set([429, 503]);
const IDEMPOTENT = new Set([...SAFE_METHODS, "PUT", "DELETE"]);

function isRepeatable({ method }: OutgoingRequest, { unsafe }: RetryOptions): boolean {
  return unsafe || IDEMPOTENT.has(method);
}

function mayFollow(status: number, request: OutgoingRequest, options: RetryOptions): boolean {
  return isRepeatable(request, options) ? NOT_NOW.has(status) : NOT_DONE.has(status);
}

function mayFollowError(error: unknown, request: OutgoingRequest, options: RetryOptions): boolean {
  return isOutage(error) && (isRepeatable(request, options) || neverLeft(error));
}

const NEVER_LEFT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

function neverLeft({ cause }: PortolanError): boolean {
  const causes: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return causes.every((one) => one instanceof Error && "code" in one && NEVER_LEFT.has(String(one.code)));
}
