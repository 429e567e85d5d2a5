import type { Clock, Timer } from "@portolan/core";
import type { Dispatcher } from "undici";
import type { BalancedTarget } from "./balanced-target.ts";
import type { Balancer } from "./balancer.ts";
import type { HealthOptions } from "./balancer-options.ts";

export interface HealthCheckRules {
  readonly balancer: Balancer;
  /** Connections of their own: a check must not wait behind requests. */
  readonly dispatcher: Dispatcher;
  readonly health: HealthOptions;
  readonly clock: Clock;
}

/** Asks every target again and again, the next time so long after the last answer; the first time at once. */
export function startHealthChecks({ balancer, dispatcher, health, clock }: HealthCheckRules): { stop(): void } {
  const timers = new Map<BalancedTarget, Timer>();
  let isStopped = false;
  const check = async (target: BalancedTarget): Promise<void> => {
    const { origin, pathname } = new URL(target.url);
    const path = `${pathname.replace(/\/$/, "")}/${health.path.replace(/^\//, "")}`;
    const isHealthy = await probe({ dispatcher, origin, path }, { timeoutMs: health.timeout, clock });
    if (isStopped) return;
    balancer.checked(target, isHealthy);
    timers.set(
      target,
      clock.after(health.interval, () => void check(target)),
    );
  };
  for (const target of balancer.targets) void check(target);
  return {
    stop() {
      isStopped = true;
      for (const timer of timers.values()) timer.cancel();
    },
  };
}

/** Whether a GET is answered with 200 to 399, wholly and in time. Never rejects. */
function probe(request: ProbedPath, { timeoutMs, clock }: ProbeLimits): Promise<boolean> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let answered = 0;
    const timer = clock.after(timeoutMs, () => {
      resolve(false);
      controller?.abort(new Error("no answer in time"));
    });
    const settle = (isHealthy: boolean) => {
      timer.cancel();
      resolve(isHealthy);
    };
    request.dispatcher.dispatch(
      { method: "GET", origin: request.origin, path: request.path, headers: { "user-agent": "portolan-health-check" }, reset: true },
      {
        onRequestStart: (started) => void (controller = started),
        onResponseStart: (_controller, status) => void (answered = status),
        onResponseData() {},
        onResponseEnd: () => settle(answered >= 200 && answered < 400),
        onResponseError: () => settle(false),
      },
    );
  });
}

interface ProbedPath {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly path: string;
}

interface ProbeLimits {
  readonly timeoutMs: number;
  readonly clock: Clock;
}
