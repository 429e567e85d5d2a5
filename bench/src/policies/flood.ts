import { createPolicies, type Door, type PolicyOptions } from "@portolan/gateway";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { fakeExchange, type FakeRequest } from "./fake-exchange.ts";
import { CACHE, IDEMPOTENCY, ONE_MINUTE } from "./policy-options.ts";

/**
 * Sends requests of as many callers, keys or addresses through one policy: `node --expose-gc flood.ts KIND REQUESTS CHECKPOINTS`. Writes a
 * line of JSON at each checkpoint, with the memory that is left after a full garbage collection.
 */
const FLOODS: Readonly<Record<string, { readonly options: PolicyOptions; request(index: number): FakeRequest }>> = {
  rateLimit: {
    options: { rateLimit: { requests: 10, per: 60 * ONE_MINUTE, header: "x-api-key" } },
    request: (index) => ({ headers: { "x-api-key": `key ${index}` } }),
  },
  "rateLimit, keys of 8 KB": {
    options: { rateLimit: { requests: 10, per: 60 * ONE_MINUTE, header: "x-api-key" } },
    request: (index) => ({ headers: { "x-api-key": `${index}${"x".repeat(8192)}` } }),
  },
  quota: {
    options: { quota: { requests: 10, per: "month", header: "x-api-key", keepIn: "memory" } },
    request: (index) => ({ headers: { "x-api-key": `key ${index}` } }),
  },
  idempotency: {
    options: { idempotency: IDEMPOTENCY },
    request: (index) => ({ method: "POST", headers: { "idempotency-key": `key ${index}` }, body: Buffer.from("{}") }),
  },
  cache: { options: { cache: CACHE }, request: (index) => ({ path: `/a/${index}` }) },
  "cache, Accept of 8 KB": {
    options: { cache: CACHE },
    request: (index) => ({ headers: { accept: `${index}${"x".repeat(8192)}` } }),
  },
};

const [kind = "", requests = "0", checkpoints = "1"] = process.argv.slice(2);
const flood = FLOODS[kind];
if (flood === undefined) throw new Error(`there is no flood ${kind}, only ${Object.keys(FLOODS).join(", ")}`);

const handle: Door["handle"] = (exchange) => exchange.reply(200, { "content-type": "application/json" }, '{"id":1}');
const method = flood.request(0).method === "POST" ? "POST" : "GET";
const door = createPolicies({ clock: createSystemClock() }, flood.options).around({ method, path: "/*", owner: "the bench", handle });
let answered = 0;

function count(status: number): void {
  if (status === 200) answered += 1;
}

async function ask(index: number): Promise<void> {
  const request = flood?.request(index) ?? {};
  const handled = door.handle(fakeExchange({ ...request, replied: count }));
  if (handled !== undefined && "body" in handled) await handled.body(request.body ?? Buffer.alloc(0));
  else await handled;
}

const share = Number(requests) / Number(checkpoints);
for (let checkpoint = 1; checkpoint <= Number(checkpoints); checkpoint += 1) {
  for (let index = share * (checkpoint - 1); index < share * checkpoint; index += 1) await ask(index);
  globalThis.gc?.();
  process.stdout.write(`${JSON.stringify({ answered, heapMegabytes: process.memoryUsage().heapUsed / 1e6 })}\n`);
}
if (answered !== Number(requests)) throw new Error(`${answered} of ${requests} requests were answered with 200`);
