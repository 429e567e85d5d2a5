import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDoorHost } from "@portolan/gateway";
import { PortolanError, silentLogger, type Finding } from "@portolan/core";
import { createRecordingLogger, createVirtualClock, driveUntil } from "@portolan/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkApp, loadApp, startNode, type NodeOptions, type RunningNode } from "./index.ts";
import { createTestPlatform, type TestPlatform } from "./platform.test.support.ts";

let directory: string;
let platform: TestPlatform;
const nodes: RunningNode[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "portolan-node-"));
  platform = createTestPlatform();
});
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
}

const load = (environment = {}) => loadApp({ path: directory, platform, environment });

async function start(settings: Partial<NodeOptions> = {}): Promise<RunningNode> {
  const node = await startNode({ app: await load(), platform, log: silentLogger, store: "memory", http: { port: 0 }, ...settings });
  nodes.push(node);
  return node;
}

async function errorOf(work: Promise<unknown>): Promise<PortolanError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PortolanError) return error;
  throw new Error("it did not fail with a PortolanError", { cause: error });
}

const placesOf = (findings: readonly Finding[] = []) =>
  findings.map(({ message, place }) => [message, place?.file.slice(directory.length + 1), place?.line]);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const ECHO = "routes:\n  echo:\n    from: [{ tap: { name: in } }]\n    steps: []\n";
const SLOW = "routes:\n  slow:\n    from: [{ tap: { name: in } }]\n    steps: [{ delay: { for: 300 } }]\n";

describe("an app", () => {
  it("is all flow files of its directory and below flows/, named after the directory", async () => {
    await write({
      "b.flow.yaml": "routes: { b: { steps: [] } }",
      "flows/a/a.flow.yml": "routes: { a: { steps: [] } }",
      "other.yaml": "nonsense: 1",
      "src/c.flow.yaml": "nonsense: 1",
    });
    const { definition, files } = await load();
    expect(definition.routes.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(definition.name).toBe(directory.split("/").at(-1));
    expect(files).toEqual(["b.flow.yaml", "flows/a/a.flow.yml"]);
  });

  it("tells what is wrong in all of its files at once, with their places", async () => {
    await write({
      "portolan.config.json": '{\n  "prot": 1\n}',
      "a.flow.yaml": "routes:\n  a:\n    stepz: []\n",
      "flows/b.flow.yaml": "routes:\n  b: [\n",
      "flows/c.flow.yaml": "routes:\n  c:\n    from: [{ tap: { name: '${TAP}', extra: 1 } }]\n",
    });
    const error = await errorOf(load());
    expect(error.code).toBe("PORTOLAN_CONFIG_INVALID");
    expect(placesOf(error.findings)).toEqual([
      ['unknown key "stepz"', "a.flow.yaml", 3],
      [expect.stringContaining("the YAML is malformed"), "flows/b.flow.yaml", expect.any(Number)],
      ['unknown key "extra"', "flows/c.flow.yaml", 3],
      ['unknown key "prot"', "portolan.config.json", 2],
    ]);
  });

  it.each([
    ["nothing", {}, "no app in "],
    ["a main file that is not there", { "portolan.config.json": '{ "main": "shop.ts" }' }, "there is no file shop.ts"],
  ])("that is %s is refused", async (_what, files, message) => {
    await write(files);
    expect((await errorOf(load())).findings?.[0]?.message).toContain(message);
  });

  it("in a directory that does not exist is refused", async () => {
    const error = await errorOf(loadApp({ path: join(directory, "gone"), platform, environment: {} }));
    expect(error).toMatchObject({ code: "PORTOLAN_CONFIG_INVALID", findings: [{ message: `${join(directory, "gone")} is no directory` }] });
  });

  it("has routes that know their place, and the durability of the configuration unless they say", async () => {
    const routes = "routes:\n  a: { steps: [] }\n  b: { steps: [], durability: none }\n";
    await write({ "a.flow.yaml": routes, "portolan.config.json": '{ "durability": "process-crash" }' });
    const { definition } = await load();
    expect(definition.routes.map(({ id, durability, place }) => [id, durability, place])).toEqual([
      ["a", "process-crash", { file: "a.flow.yaml", line: 2, column: 3 }],
      ["b", "none", { file: "a.flow.yaml", line: 3, column: 3 }],
    ]);
  });

  it("can be one file, with the configuration beside it", async () => {
    await write({ "a.flow.yaml": ECHO, "b.flow.yaml": "nonsense: 1", "portolan.config.json": '{ "name": "shop" }' });
    const { definition } = await loadApp({ path: join(directory, "a.flow.yaml"), platform, environment: {} });
    expect([definition.name, definition.routes.length]).toEqual(["shop", 1]);
  });

  it.each([
    ["with a NUL", Buffer.from("routes:\0"), "bytes that no text has"],
    ["of another encoding", Buffer.from("routes: { caf\xe9: {} }", "latin1"), "a text in another encoding, or no text"],
  ])("with a flow file %s is refused as no text", async (_what, bytes, found) => {
    await writeFile(join(directory, "a.flow.yaml"), bytes);
    expect((await errorOf(load())).findings).toMatchObject([{ message: "the flow file is no text in UTF-8", found }]);
  });

  it("with a flow file that is no map is refused as such", async () => {
    await write({ "a.flow.yaml": "hello" });
    expect((await errorOf(load())).findings).toMatchObject([{ message: "a flow file is a map", found: 'the text "hello"' }]);
  });

  it("is warned of flow files that say nothing", async () => {
    await write({ "a.flow.yaml": "---\n# later\n\n", "b.flow.yaml": "", "c.flow.yaml": "routes: {}\n" });
    expect((await checkApp(await load(), platform)).warnings.map(({ message }) => message)).toEqual([
      "the flow file a.flow.yaml is empty",
      "the flow file b.flow.yaml is empty",
    ]);
  });

  it("is warned of failures that would be lost, and of clauses that can never match", async () => {
    const clauses =
      "[{ match: { kind: invalid }, outcome: handle }, { outcome: deadLetter }, { match: { kind: [invalid] } }, { match: { code: X } }]";
    await write({ "a.flow.yaml": `routes:\n  a:\n    deadLetter: false\n    onError: ${clauses}\n` });
    expect((await checkApp(await load(), platform)).warnings.map(({ path }) => path)).toEqual([
      "routes.a.deadLetter",
      "routes.a.onError.2",
      "routes.a.onError.3",
    ]);
  });
});

describe("a check warns of steps that no message can come to", () => {
  const stop = "{ stop: {} }";
  const failing = "{ throw: { message: 1 } }";
  const choice = (...blocks: readonly string[]) =>
    `{ choice: { when: [{ when: true, steps: [${blocks[0]}] }], otherwise: [${blocks[1]}] } }`;
  const attempt = (block: string, caught: string) => `{ try: { steps: [${block}], catch: [{ steps: [${caught}] }] } }`;
  const breaker = (block: string, fallback?: string) =>
    `{ circuitBreaker: { steps: [${block}]${fallback === undefined ? "" : `, fallback: [${fallback}]`} } }`;
  const saga = (...actions: readonly string[]) =>
    `{ saga: { actions: [${actions.map((steps, index) => `{ id: a${index}, steps: [${steps}] }`).join(", ")}] } }`;

  it.each([
    ["after a stop", [stop, "{ map: 1 }", "{ map: 2 }"], ["routes.a.steps.1"]],
    ["after a throw", [failing, "{ map: 1 }"], ["routes.a.steps.1"]],
    ["after a choice of which every arm ends", [choice(stop, failing), "{ map: 1 }"], ["routes.a.steps.1"]],
    ["after a group that ends", [`{ group: { name: g, steps: [${stop}] } }`, "{ map: 1 }"], ["routes.a.steps.1"]],
    ["in a nested list", [choice(`${stop}, { map: 1 }`, "{ map: 2 }"), "{ map: 3 }"], ["routes.a.steps.0.choice.when.0.steps.1"]],
    ["after a try that ends, and so does what it catches", [attempt(stop, failing), "{ map: 1 }"], ["routes.a.steps.1"]],
    ["after a circuit breaker that ends, and so does its fallback", [breaker(failing, stop), "{ map: 1 }"], ["routes.a.steps.1"]],
    ["after a circuit breaker that ends, and has no fallback", [breaker(stop), "{ map: 1 }"], ["routes.a.steps.1"]],
    ["after a saga with an action that ends", [saga("{ map: 1 }", failing), "{ map: 2 }"], ["routes.a.steps.1"]],
    ["but not after a try that catches what fails and goes on", [attempt(failing, "{ map: 1 }"), "{ map: 2 }"], []],
    ["but not after a circuit breaker whose fallback goes on", [breaker(failing, "{ map: 1 }"), "{ map: 2 }"], []],
    ["but not after a saga whose actions go on", [saga("{ map: 1 }"), "{ map: 2 }"], []],
    ["but not after a choice with an arm that goes on", [choice(stop, "{ map: 1 }"), "{ map: 2 }"], []],
    ["but not after the parts of a split, which end alone", [`{ split: { by: 1, steps: [${stop}] } }`, "{ map: 1 }"], []],
    ["but not at the end of a list", [stop], []],
  ])("%s", async (_where, steps, paths) => {
    await write({ "a.flow.yaml": `routes:\n  a:\n    steps: [${steps.join(", ")}]\n` });
    expect((await checkApp(await load(), platform)).warnings.map(({ path }) => path)).toEqual(paths);
  });

  it("with the place, and not after a throw where a clause goes on", async () => {
    const route = `routes:\n  a:\n    steps:\n      - ${failing}\n      - map: 1\n`;
    await write({ "a.flow.yaml": route });
    expect((await checkApp(await load(), platform)).warnings).toMatchObject([
      { place: { file: "a.flow.yaml", line: 5 }, message: "no message can come to this map: none goes on after the throw before it" },
    ]);
    await write({ "a.flow.yaml": `errors: { onError: [{ outcome: continue }] }\n${route}` });
    expect(await checkApp(await load(), platform)).toEqual({ errors: [], warnings: [] });
  });
});

describe("a node", () => {
  it("runs the app's routes and says that it is ready", async () => {
    await write({ "a.flow.yaml": ECHO });
    const node = await start();
    expect(await platform.send("in", { body: 1 })).toMatchObject({ body: 1 });
    const ready = await fetch(`${node.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([200, { status: "ready" }]);
    expect((await fetch(`${node.url}/health/live`)).status).toBe(200);
  });

  it("that sorts lists by their elements needs no language for it", async () => {
    await write({ "a.flow.yaml": "routes: { a: { from: [{ tap: { name: in } }], steps: [{ sort: { order: desc } }] } }" });
    await start();
    expect(await platform.send("in", { body: [1, 3, 2] })).toMatchObject({ body: [3, 2, 1] });
  });

  it("finishes what is in process before it stops, and takes nothing new", async () => {
    await write({ "a.flow.yaml": SLOW });
    const node = await start();
    const inProcess = platform.send("in", { body: "old" });
    const stopped = node.stop();
    expect(node.reasonsNotReady()).toEqual(["the node is stopping"]);
    expect((await errorOf(node.engine.deliver("slow", { body: "new" }))).code).toBe("PORTOLAN_STOPPING");
    expect(await inProcess).toMatchObject({ body: "old" });
    expect(await stopped).toEqual({ drained: true });
    expect(node.stop()).toBe(stopped);
    await expect(fetch(`${node.url}/health/live`)).rejects.toThrow("fetch failed");
  });

  it("waits for messages in process no longer than its configuration says", async () => {
    await write({ "a.flow.yaml": SLOW, "portolan.config.json": '{ "drain": "20ms" }' });
    const node = await start();
    const cutOff = platform.send("in", { body: 1 }).catch((error: unknown) => error);
    expect(await node.stop()).toEqual({ drained: false });
    await cutOff;
  });

  it("does not start on a port that is taken, and closes what it had opened", async () => {
    await write({ "a.flow.yaml": ECHO });
    const first = await start();
    const port = Number(new URL(first.url ?? "").port);
    expect(await errorOf(start({ http: { port } }))).toMatchObject({
      code: "PORTOLAN_PORT_IN_USE",
      message: expect.stringContaining(String(port)),
    });
  });

  it("puts the policies of its configuration round every door", async () => {
    const config = JSON.stringify({ http: { policies: { rateLimit: { requests: 1, per: "1h" } } } });
    await write({ "a.flow.yaml": ECHO, "portolan.config.json": config });
    const { url } = await start();
    const { http } = platform.contextOf("in").services;
    if (!isDoorHost(http)) throw new Error("the node has no HTTP host");
    for (const path of ["/a", "/b"])
      http.mount({ method: "GET", path, owner: "a test", handle: (exchange) => exchange.reply(200, {}, path) });
    expect((await fetch(`${url}/a`)).status).toBe(200);
    expect((await fetch(`${url}/b`)).status).toBe(429);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it("gives its port back when a source cannot be opened", async () => {
    await write({ "a.flow.yaml": ECHO.replace("name: in", "name: broken") });
    const log = createRecordingLogger();
    const port = await freePort();
    expect((await errorOf(start({ log, http: { port } }))).code).toBe("PORTOLAN_CONNECTION_FAILED");
    await write({ "a.flow.yaml": ECHO });
    expect((await start({ log, http: { port } })).url).toBe(`http://127.0.0.1:${port}`);
    expect(log.entries).toEqual([]);
  });

  it("opens neither a port nor a source without its HTTP host", async () => {
    await write({ "a.flow.yaml": ECHO });
    const node = await start({ http: false });
    expect(node.url).toBeUndefined();
    expect(() => platform.send("in", { body: 1 })).toThrow("not open");
    expect(await node.engine.deliver("echo", { body: 2 })).toMatchObject({ body: 2 });
  });
});

it("does not wait for ever for a store that does not close", async () => {
  const log = createRecordingLogger();
  const clock = createVirtualClock();
  await write({ "a.flow.yaml": ECHO });
  const node = await start({ log, clock });
  const { durable } = node.stores;
  durable.close = () => new Promise(() => undefined);
  const stopping = node.stop();
  let hasStopped = false;
  void stopping.then(() => (hasStopped = true));
  await driveUntil(clock, () => hasStopped);
  expect(await stopping).toEqual({ drained: true });
  expect(log.entries.map(({ message }) => message)).toContain("the store does not answer: the node stops without having closed it");
});

it("tells when its store has ended by itself, and can still be stopped", async () => {
  await write({ "echo.flow.yaml": ECHO });
  const worker = new Promise<{ terminate(): Promise<number> }>((resolve) => void process.once("worker", resolve));
  const log = createRecordingLogger();
  const node = await start({ store: join(directory, "store"), log });
  await (await worker).terminate();
  expect(await node.storeEnded).toMatchObject({ code: "PORTOLAN_STORE_ENDED" });
  expect(log.entries.map(({ message }) => message)).toContain("the store has ended; the node has to be started again");
  await node.stop();
});
