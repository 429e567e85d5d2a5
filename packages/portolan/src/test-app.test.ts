import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortolanError, app, channel, route, system, type Contract } from "portolan";
import { rest } from "portolan/rest";
import { schedule } from "portolan/schedule";
import {
  answerAfter,
  createCoverage,
  createRecordingLogger,
  failAlways,
  failOnce,
  failTimes,
  inTurn,
  reply,
  testApp,
} from "portolan/testing";
import { describe, expect, expectTypeOf, it, onTestFinished } from "vitest";

interface Order {
  readonly id: string;
  readonly customer: string;
  readonly total: number;
}
interface Receipt {
  readonly orderId: string;
  readonly price: number;
}

/** A Standard Schema of maps with these keys. */
function contract<T>(...keys: readonly (keyof T & string)[]): Extract<Contract<T>, { readonly "~standard": unknown }> {
  const holds = (value: unknown): value is T => typeof value === "object" && value !== null && keys.every((key) => key in value);
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: async (value) => (holds(value) ? { value } : { issues: [{ message: `expected ${keys.join(", ")}` }] }),
    },
  };
}

const Order = contract<Order>("id", "customer", "total");
const Receipt = contract<Receipt>("orderId", "price");
/** Texts need no check here: only their type matters. */
const Text: Extract<Contract<string>, { readonly "~standard": unknown }> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: String(value) }) },
};

const erp = system("erp", { title: "SAP ERP" });
const accepted = channel("orders.accepted", { contract: Order, orderedBy: (order) => order.customer });
const SUBMIT = "rest:POST ${ERP_URL}/orders";
const PRICE = "rest:GET https://prices.example/items/{id}";

const placeOrder = route("placeOrder", { input: Order, output: Receipt })
  .from(rest.post("/orders"))
  .to(accepted)
  .enrich(rest.get("https://prices.example/items/{id}"), { combine: (order, price) => ({ orderId: order.id, price: Number(price.body) }) });

const deliver = route("deliver")
  .from(accepted)
  .onError({ kind: "transient" }, { retry: { attempts: 3, delay: "10s", jitter: "none" }, outcome: "deadLetter" })
  .onError({ match: { kind: "rejected" }, outcome: "deadLetter" })
  .to(rest.post("${ERP_URL}/orders", { system: erp }));

const cleanUp = route("cleanUp").from(schedule.every("1m")).to(channel("ticks"));

const shopApp = app("shop", { routes: [placeOrder, deliver, cleanUp], systems: [erp] });
const order = { id: "1", customer: "ada", total: 12 };

describe("an app on a test bench", () => {
  it("answers a request, and lets what follows go on in no time", async () => {
    await using shop = testApp(shopApp);
    shop.replaceTarget(PRICE, () => 9.5);
    expect(await shop.request(placeOrder, order)).toEqual({ orderId: "1", price: 9.5 });
    await shop.settle();
    expect(shop.records(SUBMIT)).toMatchObject([{ body: order, mode: "to", address: SUBMIT, at: 0 }]);
    expect(shop.committed(accepted)).toMatchObject([{ body: order }]);
    expect(shop.now).toBe(0);
  });

  it("knows what routes take and what they reply with", async () => {
    await using shop = testApp(shopApp);
    shop.replaceTarget("rest", () => 1);
    const receipt = await shop.request(placeOrder, order);
    expectTypeOf(receipt).toEqualTypeOf<Receipt>();
    const named = await shop.request({ route: "placeOrder" }, order);
    expectTypeOf(named).toEqualTypeOf<unknown>();
    // @ts-expect-error an order has a customer
    await expect(shop.request(placeOrder, { id: "1", total: 1 })).rejects.toMatchObject({ code: "PORTOLAN_CONTRACT_FAILED" });
    // @ts-expect-error the channel takes orders
    await expect(shop.send(accepted, "an order")).rejects.toMatchObject({ code: "PORTOLAN_CONTRACT_FAILED" });
  });

  it("does not open sources of connectors", async () => {
    await using shop = testApp(shopApp);
    await shop.advance("1h");
    expect(shop.committed("ticks")).toEqual([]);
    await shop.send(cleanUp, { plannedAt: "x" } as never);
    expect(shop.committed("ticks")).toHaveLength(1);
  });

  it("gives variables that are not set a stand-in, and shows them by their names", async () => {
    await using shop = testApp(shopApp, { environment: { ERP_URL: "https://erp.example" } });
    await shop.send(accepted, order);
    await shop.settle();
    expect(shop.records("rest:POST https://erp.example/orders")).toHaveLength(1);
    expect(() => shop.records(SUBMIT)).toThrow("the app has no target rest:POST ${ERP_URL}/orders");
  });

  it("says at its first use what is wrong with the app", async () => {
    const shop = testApp({ flows: [{ file: "a.flow.yaml", text: "routes: { a: { steps: [{ mop: body }] } }" }] });
    await expect(shop.settle()).rejects.toMatchObject({ code: "PORTOLAN_CONFIG_INVALID" });
    await expect(shop.request({ route: "a" }, 1)).rejects.toMatchObject({ code: "PORTOLAN_CONFIG_INVALID" });
    await shop[Symbol.asyncDispose]();
  });

  it("does nothing if it is not used", async () => {
    await using shop = testApp(shopApp);
    expect([shop.records(SUBMIT), shop.committed(accepted), shop.deadLetters(), shop.now]).toEqual([[], [], [], 0]);
  });

  it("logs where it is told to", async () => {
    const log = createRecordingLogger();
    await using shop = testApp(shopApp, { log });
    shop.replaceTarget(erp, failAlways({ kind: "rejected" }));
    await shop.send(accepted, order);
    await shop.settle();
    expect(log.entries).toMatchObject([{ level: "warn", message: "a message went to the dead letter dead" }]);
  });
});

describe("targets", () => {
  it.each([
    ["their address", SUBMIT],
    ["a pattern of their address", "rest:POST *"],
    ["their connector", "rest"],
    ["their system", erp],
    ["the name of their system", { system: "erp" }],
  ])("are replaced by %s", async (_how, which) => {
    await using shop = testApp(shopApp);
    shop.replaceTarget(which, failOnce({ code: "BUSY" }));
    await shop.send(accepted, order);
    await shop.settle();
    const attempts = shop.records(which);
    expect(attempts).toMatchObject([{ at: 0, error: { code: "BUSY", kind: "transient" } }, { at: 10_000 }]);
    expect(attempts[1]).not.toHaveProperty("error");
    expect(new Set(attempts.map(({ key }) => key)).size).toBe(1);
  });

  it("that the app does not have are told by name, with the nearest that it has", async () => {
    await using early = testApp(shopApp);
    early.replaceTarget("rest:POST ${ERP_URL}/order", failOnce());
    await expect(early.settle()).rejects.toMatchObject({ code: "PORTOLAN_ADDRESS_UNKNOWN", hint: `did you mean "${SUBMIT}"?` });
    await using shop = testApp(shopApp);
    await shop.settle();
    expect(() => shop.replaceTarget({ system: "crm" })).toThrow("the app has no target system crm");
    expect(() => shop.records("soap")).toThrow("the app has no target soap");
    expect(() => shop.committed("orders")).toThrow("the app has no channel orders");
  });

  it("fail as often as they are told, then answer", async () => {
    await using shop = testApp(shopApp);
    shop.replaceTarget(SUBMIT, failTimes(2, { code: "BUSY", kind: "transient" }));
    await shop.send(accepted, order);
    await shop.settle();
    expect(shop.records(SUBMIT).map(({ at }) => at)).toEqual([0, 10_000, 30_000]);
    expect(shop.deadLetters()).toEqual([]);
  });

  it("that fail for good lead to the dead letter, with the reason", async () => {
    await using shop = testApp(shopApp);
    shop.replaceTarget(SUBMIT, failAlways(new PortolanError("ERP_NO", "no such customer", { kind: "rejected" })));
    await shop.send(accepted, order);
    await shop.send(accepted, { ...order, id: "2" });
    await shop.settle();
    expect(shop.deadLetters()).toMatchObject([
      { channel: "dead", body: order, deadLetter: { route: "deliver", step: "0", error: { code: "ERP_NO", message: "no such customer" } } },
      { body: { id: "2" } },
    ]);
  });

  it("wait as long as a failing system asks for", async () => {
    await using shop = testApp(shopApp);
    shop.replaceTarget(SUBMIT, failOnce({ retryAfter: "1m" }));
    await shop.send(accepted, order);
    await shop.settle();
    expect(shop.records(SUBMIT).map(({ at }) => at)).toEqual([0, 60_000]);
  });

  const echo = route("echo", { input: Text }).call(rest.post("https://echo.example/"));
  const asked = app("asked", { routes: [echo] });
  const ECHO = "rest:POST https://echo.example/";

  it("reply with the body they got, a value, or what a function makes of the message, in turn, and with headers", async () => {
    await using bench = testApp(asked);
    expect(await bench.request(echo, "a")).toBe("a");
    bench.replaceTarget(
      ECHO,
      inTurn(
        reply("first"),
        reply((m: { body: unknown }) => `${String(m.body)}!`, { etag: "7" }),
        undefined,
        (m, { mode, address }) => [m.body, mode, address],
      ),
    );
    expect(await bench.request(echo, "a")).toBe("first");
    const second = await bench.send(echo, "b", { mode: "request", headers: { "x-trace": "t" } });
    expect(second).toMatchObject({ body: "b!", headers: { "x-trace": "t" }, attributes: { reply: { headers: { etag: "7" } } } });
    expect(await bench.request(echo, "c")).toBe("c");
    for (const body of ["d", "e"]) expect(await bench.request(echo, body)).toEqual([body, "call", ECHO]);
    bench.replaceTarget(ECHO);
    expect(await bench.request(echo, "f")).toBe("f");
    expect(bench.records(ECHO).map(({ body }) => body)).toEqual(["a", "a", "b", "c", "d", "e", "f"]);
  });

  it("fail with what their function throws", async () => {
    await using bench = testApp(asked);
    bench.replaceTarget(ECHO, () => {
      throw new TypeError("no");
    });
    await expect(bench.request(echo, "a")).rejects.toMatchObject({ kind: "defect", message: "no" });
  });

  it("may be slow in virtual time, and work in real time while time stands still", async () => {
    const slow = route("slow", { input: Text }).timeout("5s", (r) => r.call(rest.post("https://echo.example/")));
    await using bench = testApp(app("slow", { routes: [slow] }));
    bench.replaceTarget(ECHO, answerAfter("4s", reply("in time")));
    expect([await bench.request(slow, "a"), bench.now]).toEqual(["in time", 4000]);
    bench.replaceTarget(ECHO, answerAfter("6s"));
    await expect(bench.request(slow, "a")).rejects.toMatchObject({ code: "PORTOLAN_TIMEOUT" });
    expect(bench.now).toBe(9000);
    bench.replaceTarget(ECHO, async () => (await readFile(import.meta.filename, "utf8")).slice(0, 6));
    expect([await bench.request(slow, "a"), bench.now]).toEqual(["import", 9000]);
  });

  it("of computed addresses are doubles, too", async () => {
    const send = route("send", { input: contract<{ readonly to: string }>("to") }).to((m) => m.body.to, { allow: ["https://*.example/*"] });
    await using bench = testApp(app("computed", { routes: [send] }));
    await bench.send(send, { to: "https://a.example/x" });
    expect(bench.records("https://a.example/x")).toMatchObject([{ address: "https://a.example/x" }]);
    expect(bench.records("rest")).toHaveLength(1);
    await expect(bench.send(send, { to: "https://a.test/x" })).rejects.toMatchObject({ code: "PORTOLAN_ADDRESS_DENIED" });
  });
});

describe("time", () => {
  it("is moved by a duration, and a message that was started can be asked for its end", async () => {
    await using shop = testApp(shopApp);
    shop.replaceTarget(erp, failAlways());
    await shop.send(accepted, order);
    await shop.advance("10s");
    expect([shop.now, shop.records(SUBMIT).length]).toEqual([10_000, 2]);

    const slow = route("slow").delay("1m").to(channel("out"));
    await using bench = testApp(app("slow", { routes: [slow] }));
    const sending = bench.start(slow, 1);
    await bench.advance("30s");
    expect([sending.hasEnded, bench.committed("out").length]).toEqual([false, 0]);
    await sending.end();
    expect([sending.hasEnded, bench.now, bench.committed("out").length]).toEqual([true, 60_000, 1]);
  });

  it("stands still while functions of the app work in real time", async () => {
    const read = route("read", { input: Text })
      .map(async (m) => (await readFile(m.body, "utf8")).length)
      .delay("1s");
    await using bench = testApp(app("read", { routes: [read] }));
    const timed = bench.start(read, import.meta.filename);
    expect((await timed.end())?.body).toBeGreaterThan(0);
    expect(bench.now).toBe(1000);
  });

  it("does not run for ever", async () => {
    const busy = route("busy")
      .onError({ retry: { attempts: "unlimited", delay: 1, backoff: "fixed" } })
      .to(rest.post("https://erp.example/"));
    const stuck = route("stuck").map(() => new Promise<never>(() => undefined));
    await using bench = testApp(app("busy", { routes: [busy, stuck] }));
    bench.replaceTarget("rest", failAlways());
    await expect(bench.send(busy, 1)).rejects.toMatchObject({
      code: "PORTOLAN_TIMEOUT",
      message: expect.stringContaining("no rest after 10000 timers"),
    });
    expect(stuck.steps).toHaveLength(1);
  });
});

describe("a node that dies", () => {
  it("goes on with what it had stored, and has forgotten the rest", async () => {
    await using shop = testApp(shopApp);
    shop.replaceTarget(PRICE, answerAfter("1s", reply(1)));
    shop.replaceTarget(SUBMIT, answerAfter("1m"));
    await shop.send(accepted, order);
    const cut = shop.start(placeOrder, { ...order, id: "2" });
    await shop.crash();
    await expect(cut.end()).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED" });
    await shop.settle();
    expect(shop.records(SUBMIT).map(({ body }) => body)).toEqual([order, order]);
    await shop.restart();
    await shop.settle();
    expect(shop.records(SUBMIT)).toHaveLength(2);
    await shop.stop();
    await expect(shop.send(accepted, order)).rejects.toMatchObject({ code: "PORTOLAN_STOPPING" });
  });
});

describe("an app in files", () => {
  const flow = `
channels: { inner: { mode: direct } }
routes:
  start: { steps: [{ failTimes: { times: 1, kind: rejected } }, { to: { record: out } }, { to: { channel: inner } }] }
  inner: { from: [{ channel: inner }], steps: [{ to: { channel: kept } }] }
`;

  it("is given as text, with the test vocabulary", async () => {
    await using bench = testApp({ flows: [{ file: "a.flow.yaml", text: flow }] });
    await expect(bench.send({ route: "start" }, 1)).rejects.toMatchObject({ code: "SCRIPTED" });
    await bench.send({ route: "start" }, 2, { headers: { a: 1 } });
    expect(bench.records("out")).toMatchObject([{ body: 2, headers: { a: 1 } }]);
    expect(bench.committed({ channel: "kept" })).toMatchObject([{ body: 2 }]);
    expect(() => bench.committed("inner")).toThrow("channel inner is direct and keeps nothing");
    await expect(bench.send({ route: "begin" }, 1)).rejects.toMatchObject({ code: "PORTOLAN_ADDRESS_UNKNOWN" });
  });

  it("is given as its directory, whatever the environment", async () => {
    const directory = await mkdtemp(join(tmpdir(), "test-app-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    await writeFile(join(directory, "portolan.config.json"), '{ "http": { "port": "${PORT}" } }');
    await writeFile(join(directory, "number.json"), '{ "type": "number" }');
    await writeFile(
      join(directory, "a.flow.yaml"),
      'routes: { a: { input: ./number.json, from: [{ rest: { post: /a } }], steps: [{ call: { rest: { post: "${A_URL}/b" } } }, { map: body + 1 }] } }',
    );
    await using bench = testApp(directory);
    expect(await bench.request({ route: "a" }, 1)).toBe(2);
    await expect(bench.request({ route: "a" }, "1")).rejects.toMatchObject({ code: "PORTOLAN_CONTRACT_FAILED" });
    expect(bench.records("rest:POST ${A_URL}/b")).toHaveLength(1);
  });
});

it("tells what its tests did not reach, over several benches", async () => {
  const coverage = createCoverage();
  {
    await using shop = testApp(shopApp, { coverage });
    await shop.send(accepted, order);
    await shop.settle();
  }
  const missed = () =>
    coverage.report().routes.map(({ route: id, missed: points }) => [id, points.map(({ step, branch }) => branch ?? step)]);
  expect(missed()).toEqual([
    ["placeOrder", ["0", "1"]],
    ["deliver", ["retry", "deadLetter", "deadLetter"]],
    ["cleanUp", ["0"]],
  ]);
  await using shop = testApp(shopApp, { coverage });
  shop.replaceTarget(erp, inTurn(failAlways(), failAlways({ kind: "rejected" })));
  await shop.send(accepted, order);
  await shop.send(cleanUp, {} as never);
  await shop.settle();
  expect(missed()).toEqual([
    ["placeOrder", ["0", "1"]],
    ["deliver", ["deadLetter"]],
    ["cleanUp", []],
  ]);
  expect(coverage.report()).toMatchObject({ steps: { reached: 2, total: 4 }, branches: { reached: 2, total: 3 }, percent: 57.1 });
});
