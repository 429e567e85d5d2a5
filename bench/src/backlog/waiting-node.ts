import { createInterface } from "node:readline";
import { app, channel, route } from "@portolan/engine";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { startEngine } from "../portolan-engine.ts";

/**
 * A node of its own on a store with a backlog: `node waiting-node.ts DIRECTORY`. For each number on a line of its input it
 * processes so many messages, sends each to the end of the channel again, and writes what that took as JSON.
 */
const [directory = ""] = process.argv.slice(2);

let left = 0;
let done = () => {};
let go = Promise.withResolvers<void>();

const waiting = channel("waiting");
const cycle = route("cycle")
  .from(waiting)
  .map((m) => {
    if (left === 0) return go.promise.then(() => counted(m.body));
    return counted(m.body);
  })
  .to(waiting);

function counted(body: unknown): unknown {
  left -= 1;
  if (left === 0) {
    go = Promise.withResolvers<void>();
    done();
  }
  return body;
}

const store = createSqliteStore({ directory, clock: createSystemClock() });
const engine = await startEngine(app("bench", { routes: [cycle] }), { durable: store });

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const messages = Number(line);
  const finished = new Promise<void>((resolve) => (done = resolve));
  const start = performance.now();
  left = messages;
  go.resolve();
  await finished;
  const microseconds = ((performance.now() - start) * 1000) / messages;
  process.stdout.write(`${JSON.stringify({ microseconds, megabytes: process.memoryUsage.rss() / 1e6 })}\n`);
}
go.resolve();
await engine.stop();
await store.close();
