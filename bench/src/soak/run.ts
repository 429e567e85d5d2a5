import { setImmediate } from "node:timers/promises";
import { ITEMS } from "../patterns/item.ts";
import { startEngine } from "../portolan-engine.ts";
import { mixedApp, type Arrivals } from "./mixed-route.ts";

/**
 * Sends messages through the route of twenty patterns: `node --expose-gc run.ts MESSAGES CHECKPOINTS`. Writes a line of JSON at
 * each checkpoint, with the memory that is left after a full garbage collection, and one with the timers that are left
 * after the stop.
 */
const [messages = 0, checkpoints = 1] = process.argv.slice(2).map(Number);
/** Senders at once; each waits for its message. */
const SENDERS = 20;

/** Messages between two turns of the event loop, as if they came over a socket. Without any, taps would never have theirs. */
const TURN = 10;

const arrivals: Arrivals = { collected: 0, tapped: 0 };
const engine = await startEngine(mixedApp(arrivals));
let sent = 0;

async function sendUntil(end: number): Promise<void> {
  const sender = async () => {
    while (sent < end) {
      const body = ITEMS[sent % ITEMS.length];
      sent += 1;
      await engine.deliver("mixed", { id: `m${sent}`, body });
      if (sent % TURN === 0) await setImmediate();
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
  while (arrivals.collected < end || arrivals.tapped < end) await setImmediate();
}

for (let checkpoint = 1; checkpoint <= checkpoints; checkpoint++) {
  await sendUntil((messages / checkpoints) * checkpoint);
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  process.stdout.write(`${JSON.stringify({ messages: sent, heapMegabytes: heapUsed / 1e6, residentMegabytes: rss / 1e6 })}\n`);
}
await engine.stop();
const timers = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout" || kind === "Immediate").length;
process.stdout.write(`${JSON.stringify({ timers })}\n`);
