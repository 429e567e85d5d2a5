import type { Door } from "./door.ts";

/** Whether the node should get requests now, and if not, why: short words, for anybody may read them. */
export interface Readiness {
  readonly ready: boolean;
  readonly reasons?: readonly string[];
}

/** `/health/live` says that the process answers; `/health/ready`, that it should be sent requests. */
export function healthDoors(ready: (() => Readiness | Promise<Readiness>) | undefined): readonly Door[] {
  return [
    {
      method: "GET",
      path: "/health/live",
      owner: "the host",
      handle: (exchange) => exchange.reply(200, HEALTH_HEADERS, JSON.stringify({ status: "live" })),
    },
    {
      method: "GET",
      path: "/health/ready",
      owner: "the host",
      async handle(exchange) {
        const state = ready === undefined ? { ready: true } : await ready();
        if (state.ready) exchange.reply(200, HEALTH_HEADERS, JSON.stringify({ status: "ready" }));
        else exchange.reply(503, HEALTH_HEADERS, JSON.stringify({ status: "notReady", reasons: state.reasons ?? [] }));
      },
    },
  ];
}

const HEALTH_HEADERS = { "content-type": "application/json", "cache-control": "no-store" };
