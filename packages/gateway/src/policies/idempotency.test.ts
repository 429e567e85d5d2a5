import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import type { Door, PolicyOptions } from "../index.ts";
import { startBehind } from "./policy-host.test.support.ts";

const DEFAULTS = { header: "idempotency-key", required: false, keep: 60_000, maxBytes: 1_000_000 };

function postDoor(handle: Door["handle"]): Door {
  return { method: "POST", path: "/orders", owner: "a test", handle };
}

async function start(door: Door, options: Partial<NonNullable<PolicyOptions["idempotency"]>> = {}) {
  const node = await startBehind({ idempotency: { ...DEFAULTS, ...options } }, [door]);
  return {
    ...node,
    async post(body: string, headers: Record<string, string> = {}) {
      const reply = await fetch(`${node.origin}/orders`, { method: "POST", body, headers });
      return { status: reply.status, text: await reply.text(), headers: reply.headers };
    },
  };
}

/** Takes the body as a continuation, as REST doors do. */
function counting() {
  let count = 0;
  return postDoor((exchange) => ({
    body(bytes) {
      count += 1;
      exchange.reply(201, { location: `/orders/${count}` }, `${count}: ${bytes.toString()}`);
    },
    lost() {},
  }));
}

test("a request that comes again with its key gets the same reply, and reaches the door once", async () => {
  await using node = await start(counting());
  const first = await node.post("a", { "idempotency-key": "k" });
  const again = await node.post("a", { "idempotency-key": "k" });
  expect([first.status, first.text, first.headers.get("idempotency-replayed")]).toEqual([201, "1: a", null]);
  expect([again.status, again.text, again.headers.get("location"), again.headers.get("idempotency-replayed")]).toEqual([
    201,
    "1: a",
    "/orders/1",
    "true",
  ]);
  expect((await node.post("a", { "idempotency-key": "other" })).text).toBe("2: a");
  expect((await node.post("a")).text).toBe("3: a");
  node.clock.nowMs += 60_000;
  expect((await node.post("a", { "idempotency-key": "k" })).text).toBe("4: a");
});

test("a key that comes with another request is 422, and one of other credentials is another key", async () => {
  await using node = await start(counting());
  await node.post("a", { "idempotency-key": "k" });
  expect((await node.post("b", { "idempotency-key": "k" })).status).toBe(422);
  expect((await node.post("a", { "idempotency-key": "k", authorization: "Basic eA==" })).text).toBe("2: a");
});

test("a key may be required, and has a length that can be kept", async () => {
  await using node = await start(counting(), { required: true });
  expect((await node.post("a")).status).toBe(400);
  expect((await node.post("a", { "idempotency-key": "k".repeat(257) })).status).toBe(400);
  expect((await node.post("", { "idempotency-key": "k" })).text).toBe("1: ");
});

test("while the first is in process its repetition is 409, and gets the reply after", async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const slow = postDoor(async (exchange) => {
    const body = await exchange.readBody();
    begun.resolve();
    await go.promise;
    exchange.reply(200, {}, body);
  });
  await using node = await start(slow);
  const first = node.post("a", { "idempotency-key": "k" });
  await begun.promise;
  const early = await node.post("a", { "idempotency-key": "k" });
  expect([early.status, early.headers.get("retry-after")]).toEqual([409, "1"]);
  go.resolve();
  expect((await first).text).toBe("a");
  expect((await node.post("a", { "idempotency-key": "k" })).headers.get("idempotency-replayed")).toBe("true");
});

test.each([
  [
    "throws",
    (): never => {
      throw new PortolanError("PORTOLAN_TIMEOUT", "too slow");
    },
  ],
  ["answers 503", (reply: (status: number) => void) => reply(503)],
  ["ends without a reply", () => {}],
])("a door that %s is asked again", async (_name, first: (reply: (status: number) => void) => void) => {
  let count = 0;
  const door = postDoor((exchange) => {
    count += 1;
    if (count === 1) first((status) => exchange.reply(status, {}));
    else exchange.reply(200, {}, "fine");
  });
  await using node = await start(door);
  expect((await node.post("a", { "idempotency-key": "k" })).status).toBeGreaterThanOrEqual(500);
  expect((await node.post("a", { "idempotency-key": "k" })).text).toBe("fine");
});

test("beyond their size the oldest replies are forgotten", async () => {
  await using node = await start(counting(), { maxBytes: 1200 });
  for (const key of ["k1", "k2", "k3"]) await node.post("a", { "idempotency-key": key });
  expect((await node.post("a", { "idempotency-key": "k3" })).text).toBe("3: a");
  expect((await node.post("a", { "idempotency-key": "k1" })).text).toBe("4: a");
});
