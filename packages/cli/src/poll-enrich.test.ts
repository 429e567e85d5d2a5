import { defineConnector, option, PortolanError, required, sleep, type ConnectorDefinition, type Incoming } from "@portolan/core";
import { createEngine, patterns, readApp } from "@portolan/engine";
import { jsonataLanguage } from "@portolan/mapping";
import { createMemoryStore } from "@portolan/stores";
import { createFixedRandom, createRecordingLogger, createTestPatterns, createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";

/** A system that is asked for what it has, and learns what became of it. */
function createMailbox(messages: readonly Incoming[]) {
  const waiting = [...messages];
  const told: string[] = [];
  let isOpen = false;
  const connector = defineConnector({
    name: "mailbox",
    title: "Mailbox",
    summary: "A test's own.",
    source: {
      summary: "Mails.",
      options: { folder: required(option.text, "Which") },
      replies: false,
      describe: ({ folder }) => folder,
      open: () => Promise.reject(new Error("it is polled only")),
      poll: {
        check: ({ folder }) => (folder === "drafts" ? ["drafts cannot be polled"] : []),
        async open(_options, context) {
          isOpen = true;
          return {
            async take({ waitMs, signal }) {
              if (waiting.length === 0) await sleep(context.clock, waitMs, signal);
              const incoming = waiting.shift();
              if (incoming === undefined) return undefined;
              const ended = (committed: boolean) => {
                told.push(`${incoming.id} ${committed ? "done" : "back"}`);
                if (!committed) waiting.unshift(incoming);
              };
              const position = { name: "mailbox", value: incoming.id, expected: await context.position("mailbox") };
              return { incoming, position, ended };
            },
            async close() {
              isOpen = false;
            },
          };
        },
      },
    },
  });
  return {
    connector,
    waiting,
    told,
    get isOpen() {
      return isOpen;
    },
  };
}

const deaf: ConnectorDefinition = defineConnector({
  name: "deaf",
  title: "Deaf",
  summary: "A test's own.",
  source: { summary: "None.", options: {}, replies: false, describe: () => "deaf", open: () => Promise.reject(new Error("not opened")) },
});

/** Runs a flow with a route `start` on memory stores; `poll: NAME` in it asks the mailbox. */
async function start(text: string, { connector }: Pick<ReturnType<typeof createMailbox>, "connector">, sources = true) {
  const clock = createVirtualClock();
  const durable = createMemoryStore({ clock });
  const recorded: unknown[] = [];
  const registry = [...patterns, ...createTestPatterns()];
  const connectors = [connector, deaf];
  const app = readApp(
    { name: "test", flows: [{ file: "test.flow.yaml", text }] },
    { patterns: registry, connectors, variables: () => undefined, records: true },
  );
  const engine = createEngine({
    app,
    stores: { memory: createMemoryStore({ clock }), durable },
    clock,
    random: createFixedRandom(0.5),
    log: createRecordingLogger(),
    languages: [jsonataLanguage],
    contracts: { compile: () => ({ check: (checked) => ({ body: checked }) }) },
    services: { format: () => undefined, formatFor: () => undefined, directory: "." },
    connectors,
    patterns: registry,
    recorder: (_name, { body, headers, attributes }) => recorded.push({ body, headers, found: attributes["found"] }),
    sources,
  });
  await engine.start();
  const ask = async (body: unknown) => {
    const ended = engine.deliver("start", { body }, { mode: "request" }).then(
      (result) => result?.body,
      (error: unknown) => (error instanceof PortolanError ? error.code : error),
    );
    await clock.run();
    return ended;
  };
  return { engine, durable, clock, recorded, ask };
}

const mail = (id: string): Incoming => ({ id, body: `body of ${id}`, headers: { from: "x" } });
const INBOX = "pollEnrich: { from: { mailbox: { folder: inbox } }";

describe("pollEnrich from a connector", () => {
  it("combines its message with the one in process, and tells it of the commit, which holds its position", async () => {
    const mailbox = createMailbox([mail("m1")]);
    const { ask, durable, engine, recorded } = await start(
      `routes: { start: { steps: [{ ${INBOX}, combine: list } }, { to: { record: out } }] } }`,
      mailbox,
    );
    expect(await ask("a")).toEqual(["a", "body of m1"]);
    expect(recorded).toEqual([{ body: ["a", "body of m1"], headers: {}, found: true }]);
    expect(mailbox.told).toEqual(["m1 done"]);
    expect(durable.position("mailbox")).toBe("m1");
    await engine.stop();
    expect(mailbox.isOpen).toBe(false);
  });

  it("waits as long as it was told to, and fails then", async () => {
    const mailbox = createMailbox([]);
    const { ask, clock, engine } = await start(`routes: { start: { steps: [{ ${INBOX}, timeout: 10s } }] } }`, mailbox);
    expect(await ask("a")).toBe("PORTOLAN_NOTHING_POLLED");
    expect(clock.now()).toBe(10_000);
    await engine.stop();
  });

  it("gives the message back, once, when its block fails although the route goes on", async () => {
    const mailbox = createMailbox([mail("m1")]);
    const { ask, durable, engine } = await start(
      `
routes:
  start:
    steps:
      - try: { steps: [{ ${INBOX} } }, { throw: { message: "no" } }], catch: [{ steps: [{ map: '"caught"' }] }] }
      - to: { channel: out }`,
      mailbox,
    );
    expect(await ask("a")).toBe("caught");
    expect(mailbox.told).toEqual(["m1 back"]);
    expect(durable.position("mailbox")).toBeUndefined();
    expect((await durable.channels()).map(({ name, waiting }) => [name, waiting])).toContainEqual(["out", 1]);
    await engine.stop();
  });

  it("gives the message back when the commit fails, as when another node was faster", async () => {
    const mailbox = createMailbox([mail("m1")]);
    const { ask, durable, engine } = await start(`routes: { start: { steps: [{ ${INBOX} } }, { delay: { for: 1s } }] } }`, mailbox);
    const asking = ask("a");
    await durable.commit([{ kind: "setPosition", name: "mailbox", value: "other" }], "none");
    expect(await asking).toBe("PORTOLAN_CONFLICT");
    expect(mailbox.told).toEqual(["m1 back"]);
    expect(await ask("b")).toBe("body of m1");
    expect(mailbox.told).toEqual(["m1 back", "m1 done"]);
    await engine.stop();
  });

  it("gives the message back when a deadline passes, and the same for a failed part", async () => {
    const mailbox = createMailbox([mail("m1")]);
    const { ask, engine } = await start(
      `
routes:
  start:
    steps:
      - split:
          by: body
          onPartFailure: skip
          steps: [{ timeout: { after: 1s, steps: [{ ${INBOX} } }, { delay: { for: 1h } }] } }]`,
      mailbox,
    );
    expect(await ask([1, 2])).toEqual([1, 2]);
    expect(mailbox.told).toEqual(["m1 back", "m1 back"]);
    await engine.stop();
  });

  it("does not hold up a node that stops: the message that waits goes back to its channel", async () => {
    const mailbox = createMailbox([]);
    const { clock, durable, engine } = await start(
      `routes: { start: { from: [{ channel: in }], steps: [{ ${INBOX}, timeout: 1h } }] } }`,
      mailbox,
    );
    await engine.send("in", { body: "a" });
    await clock.settle();
    await engine.stop();
    expect(clock.now()).toBe(0);
    expect((await durable.channels()).map(({ name, waiting }) => [name, waiting])).toContainEqual(["in", 1]);
  });

  it("asks also where the sources of routes are not opened", async () => {
    const mailbox = createMailbox([mail("m1")]);
    const { ask, engine } = await start(`routes: { start: { steps: [{ ${INBOX}, onEmpty: nothing } }] } }`, mailbox, false);
    expect(await ask("a")).toBe("body of m1");
    await engine.stop();
  });

  it("tells the step of a source that cannot be opened", async () => {
    const { connector } = createMailbox([]);
    const source = connector.source as NonNullable<ConnectorDefinition["source"]>; // it has one, see above
    const open = () => Promise.reject(new PortolanError("PORTOLAN_CONNECTION_FAILED", "no"));
    const closed = { connector: { ...connector, source: { ...source, poll: { open } } } };
    await expect(start(`routes: { start: { steps: [{ ${INBOX} } }] } }`, closed)).rejects.toMatchObject({ route: "start", step: "0" });
  });

  it.each([
    [
      "{ deaf: {} }",
      { path: "routes.start.steps.0", message: "deaf cannot be polled", expected: "one of channel, mailbox", found: "deaf" },
    ],
    ["{ mailbox: { folder: drafts } }", { path: "routes.start.steps.0.pollEnrich.from.mailbox", message: "drafts cannot be polled" }],
  ])("of %s is refused at start", async (from, finding) => {
    const starting = start(`routes: { start: { steps: [{ pollEnrich: { from: ${from} } }] } }`, createMailbox([]));
    await expect(starting).rejects.toMatchObject({
      code: "PORTOLAN_CONFIG_INVALID",
      findings: [finding],
    });
  });
});
