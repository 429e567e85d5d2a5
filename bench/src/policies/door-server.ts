import { silentLogger } from "@portolan/core";
import { createHttpHost, createPolicies, type Door, type PolicyOptions } from "@portolan/gateway";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { ALL, CACHE, IDEMPOTENCY, ONE_MINUTE } from "./policy-options.ts";

/** One door after another, each behind other policies: `node door-server.ts PORT STORE`. */
const [port = "0", directory = ""] = process.argv.slice(2);
const clock = createSystemClock();
const store = createSqliteStore({ directory, clock });
await store.open({ channels: [], subscriptions: [] });
const host = createHttpHost({ port: Number(port), log: silentLogger, policies: createPolicies({ clock, store }) });

const REPLY = JSON.stringify({ id: 1, status: "accepted" });
const plain: Door["handle"] = (exchange) => exchange.reply(200, { "content-type": "application/json" }, REPLY);
/** What a route does that asks a database: some hundred objects become JSON. */
const ROWS = Array.from({ length: 300 }, (_, index) => ({ id: index, name: `row ${index}`, price: index / 100, tags: ["a", "b"] }));
const work: Door["handle"] = (exchange) => exchange.reply(200, { "content-type": "application/json" }, JSON.stringify(ROWS));

const mount = (door: Pick<Door, "method" | "path" | "handle">, options?: PolicyOptions) =>
  host.mount({ ...door, owner: "the bench" }, options && { name: door.path, options });

mount({ method: "POST", path: "/bare", handle: plain });
mount({ method: "POST", path: "/limited", handle: plain }, { rateLimit: { requests: 100_000, per: 10, header: "x-api-key" } });
mount({ method: "POST", path: "/all", handle: plain }, ALL);
mount({ method: "POST", path: "/quota", handle: plain }, { quota: { requests: 1_000_000_000, per: "month", header: "x-api-key" } });
mount({ method: "POST", path: "/keyed", handle: plain }, { idempotency: { ...IDEMPOTENCY, keepIn: "store" } });
mount({ method: "GET", path: "/work", handle: work });
mount({ method: "GET", path: "/cached", handle: work }, { cache: CACHE });
mount({ method: "POST", path: "/few", handle: plain }, { rateLimit: { requests: 100, per: 60 * ONE_MINUTE, header: "x-api-key" } });
mount({ method: "POST", path: "/many", handle: plain }, { rateLimit: { requests: 100_000, per: 10, header: "x-api-key" } });
await host.listen();
process.stdout.write("ready\n");
