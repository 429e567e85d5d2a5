import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { Queue as BullQueue, Worker } from "bullmq";
import { freePort } from "../http/free-port.ts";
import { sendAll, type Queue } from "./contestant.ts";
import { payload, type Payload } from "./payload.ts";

/** BullMQ on a Redis of its own that syncs its log before it answers. */
export async function bullmq(directory: string): Promise<Queue> {
  const port = await freePort();
  const redis = await startRedis(directory, port);
  const connection = { host: "127.0.0.1", port };
  const queue = new BullQueue("orders", { connection, defaultJobOptions: { removeOnComplete: true } });
  let left = 0;
  let done = () => {};
  const worker = new Worker("orders", async (job) => (job.data as Payload).number, {
    connection: { ...connection, maxRetriesPerRequest: null },
    concurrency: 256,
  });
  worker.on("completed", () => {
    left -= 1;
    if (left === 0) done();
  });
  await worker.waitUntilReady();
  return {
    async run(messages) {
      left = messages;
      const allProcessed = new Promise<void>((resolve) => (done = resolve));
      await sendAll(messages, (number) => queue.add("order", payload(number)));
      await allProcessed;
    },
    async close() {
      await worker.close();
      await queue.close();
      redis.kill();
      await once(redis, "exit");
    },
  };
}

async function startRedis(directory: string, port: number) {
  mkdirSync(directory, { recursive: true });
  const options = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    directory,
    "--save",
    "",
    "--appendonly",
    "yes",
    "--appendfsync",
    "always",
  ];
  const redis = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  await once(redis, "spawn");
  for await (const line of createInterface({ input: redis.stdout })) {
    if (!line.includes("Ready to accept connections")) continue;
    redis.stdout.resume();
    return redis;
  }
  throw new Error("redis-server ended before it was ready");
}
