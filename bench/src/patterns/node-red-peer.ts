import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { DELAY_MS } from "./cases.ts";
import { GROUP_SIZE, ITEMS, type Item } from "./item.ts";

interface RedMessage {
  readonly payload: unknown;
  readonly parts?: { readonly id: string; readonly count: number };
}

interface RedNode {
  on(event: "input", listener: (message: RedMessage, send: unknown, done: () => void) => void): void;
  receive(message: RedMessage): void;
}

/** As much of Node-RED as this benchmark calls; it comes without types. */
interface Red {
  init(server: unknown, settings: unknown): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly runtime: { readonly events: { once(event: "flows:started", listener: () => void): void } };
  readonly nodes: {
    createNode(node: RedNode, config: unknown): void;
    registerType(set: string, type: string, constructor: (this: RedNode, config: unknown) => void): void;
    getNode(id: string): RedNode | null;
  };
}

/** Node-RED in this process, with its switch, split, join and delay nodes in flows of their own. */
export interface NodeRed {
  /** Sends so many messages into the flow and resolves when as many have come out of it as must. */
  run(pattern: RedPattern, messages: number): Promise<void>;
  stop(): Promise<void>;
}

export type RedPattern = "choice" | "split" | "aggregate" | "delay";

/** Messages in flight, so that Node-RED does not wait for its sender. */
const IN_FLIGHT = 100;

export async function startNodeRed(directory: string): Promise<NodeRed> {
  const red = createRequire(import.meta.url)("node-red") as Red;
  writeFileSync(path.join(directory, "flows.json"), JSON.stringify(FLOW));
  red.init(createServer(), {
    userDir: directory,
    flowFile: "flows.json",
    httpAdminRoot: false,
    httpNodeRoot: false,
    credentialSecret: "bench",
    logging: { console: { level: "off" } },
    telemetry: { enabled: false },
  });
  let left = 0;
  let arrived = () => {};
  red.nodes.registerType("portolan-bench", "bench-sink", function (config) {
    red.nodes.createNode(this, config);
    this.on("input", (_message, _send, done) => {
      left -= 1;
      done();
      if (left === 0) arrived();
    });
  });
  const started = new Promise<void>((resolve) => red.runtime.events.once("flows:started", resolve));
  await red.start();
  await started;
  return {
    async run(pattern, messages) {
      const entry = red.nodes.getNode(pattern);
      if (entry === null) throw new Error(`Node-RED has no node ${pattern}`);
      for (let sent = 0; sent < messages; sent += IN_FLIGHT) {
        left = pattern === "aggregate" ? IN_FLIGHT / GROUP_SIZE : IN_FLIGHT;
        const all = new Promise<void>((resolve) => (arrived = resolve));
        for (let index = 0; index < IN_FLIGHT; index++) entry.receive(messageOf(pattern, ITEMS[index % ITEMS.length] as Item));
        await all;
      }
    },
    stop: () => red.stop(),
  };
}

function messageOf(pattern: RedPattern, item: Item): RedMessage {
  if (pattern === "split") return { payload: item.lines };
  return pattern === "aggregate" ? { payload: item, parts: { id: String(item.key), count: GROUP_SIZE } } : { payload: item };
}

const inFlow = { z: "flow", x: 0, y: 0 };
const code = (id: string, func: string, to: string) => ({ ...inFlow, id, type: "function", func, outputs: 1, wires: [[to]] });

const FLOW = [
  { id: "flow", type: "tab", label: "bench" },
  { ...inFlow, id: "sink", type: "bench-sink", wires: [] },
  {
    ...inFlow,
    id: "choice",
    type: "switch",
    property: "payload.total",
    propertyType: "msg",
    rules: [{ t: "gt", v: "66", vt: "num" }, { t: "gt", v: "33", vt: "num" }, { t: "else" }],
    checkall: "false",
    repair: false,
    outputs: 3,
    wires: [["double"], ["total"], ["id"]],
  },
  code("double", "const { id, key, total, lines } = msg.payload; msg.payload = { id, key, total: total * 2, lines }; return msg;", "sink"),
  code("total", "msg.payload = msg.payload.total; return msg;", "sink"),
  code("id", "msg.payload = msg.payload.id; return msg;", "sink"),
  { ...inFlow, id: "split", type: "split", arraySplt: 1, arraySpltType: "len", wires: [["line"]] },
  code("line", "msg.payload = msg.payload * 2; return msg;", "join"),
  { ...inFlow, id: "join", type: "join", mode: "auto", wires: [["sink"]] },
  {
    ...inFlow,
    id: "aggregate",
    type: "join",
    mode: "custom",
    build: "array",
    property: "payload",
    propertyType: "msg",
    count: "",
    useparts: true,
    accumulate: false,
    wires: [["length"]],
  },
  { ...inFlow, id: "delay", type: "delay", pauseType: "delay", timeout: String(DELAY_MS), timeoutUnits: "milliseconds", wires: [["sink"]] },
  code("length", "msg.payload = msg.payload.length; return msg;", "sink"),
];
