import type { Clock, Logger } from "@portolan/core";
import { createBalancer, type BalancedTarget } from "@portolan/gateway";
import { isOutage, type OutgoingRequest, type SendHttp } from "./outgoing.ts";

const UNWELL = new Set([502, 503, 504]);
const EJECTION = { failures: 5, time: 10_000, maxTime: 300_000 };

/** Sends each request to the next of several servers. One that fails is left alone for a while; a repeated request goes to another one. */
export function balanced(send: SendHttp, servers: readonly string[], { clock, log }: { clock: Clock; log: Logger }): SendHttp {
  const balancer = createBalancer(
    { targets: servers, balance: "roundRobin", ejection: EJECTION, whenAllOut: "try" },
    {
      clock,
      onChange: ({ url, out }) =>
        log.log(out === undefined ? "info" : "warn", out === undefined ? "a server is back" : "a server is left alone", { url }),
    },
  );
  const tried = new WeakMap<OutgoingRequest, Set<BalancedTarget>>();
  const own = new Set(servers);
  return async (request, signal) => {
    const before = tried.get(request) ?? new Set<BalancedTarget>();
    // Where a redirect leads is settled.
    const target = own.has(request.base) ? balancer.take({ tried: before }) : undefined;
    if (target === undefined) return send(request, signal);
    tried.set(request, before.add(target));
    try {
      const answer = await send({ ...request, base: target.url }, signal);
      balancer.tell(target, UNWELL.has(answer.status) ? "failed" : "well");
      return answer;
    } catch (error) {
      if (isOutage(error)) balancer.tell(target, "failed");
      throw error;
    } finally {
      balancer.release(target);
    }
  };
}
