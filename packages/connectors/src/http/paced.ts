import { PortolanError, sleep, type Clock } from "@portolan/core";
import type { ConnectionOptions } from "./connection-options.ts";
import type { SendHttp } from "./outgoing.ts";
import { retryAfter } from "../remote-error.ts";

type RateOptions = NonNullable<ConnectionOptions["rateLimit"]>;

/** Sends no more than so many requests in any span; further ones wait for their turn, in order. `Retry-After` of 429 and 503 holds all back. */
export function paced(send: SendHttp, { requests, per }: RateOptions, { clock, maxWait }: { clock: Clock; maxWait: number }): SendHttp {
  /** When the last requests were or will be sent, the oldest first. */
  const turns: number[] = [];
  let pausedUntil = 0;

  const reserve = (endpoint: string): number => {
    const now = clock.now();
    const oldest = turns.length < requests ? undefined : turns[0];
    const turn = Math.max(now, pausedUntil, turns.at(-1) ?? 0, oldest === undefined ? 0 : oldest + per);
    if (turn - now > maxWait)
      throw new PortolanError(
        "PORTOLAN_THROTTLED",
        `${endpoint}: ${requests} requests in ${per} ms are sent, and the next turn is in ${turn - now} ms, which is beyond timeout`,
        {
          endpoint,
          retryAfterMs: turn - now,
        },
      );
    turns.push(turn);
    if (turns.length > requests) turns.shift();
    return turn;
  };

  return async (request, signal) => {
    // A pause may begin while it waits.
    for (let turn = reserve(request.endpoint); turn > clock.now(); turn = Math.max(turn, pausedUntil))
      await sleep(clock, turn - clock.now(), signal);
    const answer = await send(request, signal);
    const asked = answer.status === 429 || answer.status === 503 ? retryAfter(answer.headers["retry-after"], clock.now()) : undefined;
    if (asked !== undefined) pausedUntil = Math.max(pausedUntil, clock.now() + asked);
    return answer;
  };
}
