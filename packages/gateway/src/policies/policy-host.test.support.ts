import { request as httpRequest } from "node:http";
import { once } from "node:events";
import { silentLogger, type Clock } from "@portolan/core";
import { checkPolicies, createHttpHost, createPolicies, type Door, type PolicyOptions } from "../index.ts";

/** A clock that stands until it is told otherwise. */
function createHandClock(): Clock & { nowMs: number } {
  return {
    nowMs: Date.UTC(2026, 0, 31, 23, 30),
    now() {
      return this.nowMs;
    },
    after: () => ({ cancel() {} }),
  };
}

/** Doors on a real port, all behind the same policies. */
export async function startBehind(policies: PolicyOptions, doors: readonly Door[]) {
  const faults = checkPolicies(policies);
  if (faults.length > 0) throw new Error(faults.join("; "));
  const clock = createHandClock();
  const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock }, policies) });
  for (const door of doors) host.mount(door);
  const { origin, port } = await host.listen();
  return {
    clock,
    host,
    port,
    origin,
    get: (path: string, headers: Record<string, string> = {}) => fetch(origin + path, { headers }),
    [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }),
  };
}

export function getDoor(path: string, handle: Door["handle"]): Door {
  return { method: "GET", path, owner: "a test", handle };
}

export const hello: Door = getDoor("/hello", (exchange) => exchange.reply(200, { "content-type": "text/plain" }, "hello"));

/** A request with headers that fetch does not let through. */
export async function rawRequest(url: string, method: string, headers: Record<string, string>) {
  const request = httpRequest(url, { method, headers, agent: false }).end();
  const [response] = await once(request, "response");
  response.resume();
  await once(response, "end");
  return { status: response.statusCode as number, headers: response.headers as Record<string, string | undefined> };
}
