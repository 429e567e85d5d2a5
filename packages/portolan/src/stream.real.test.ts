import { createWriteStream } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createSeededRandom } from "@portolan/testkit";
import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { runCommand, startReady } from "./command-process.test.support.ts";

const KILLS = 6;
const KILL_SEED = 20201103;
const LONGEST_LIFE_MS = 1500;

/** Tells the records of each file and the greatest memory that the process had until then, which Linux counts for each process. */
const appWith = (block: string) => `
import { existsSync, readFileSync } from "node:fs";
import { app, channel, route } from "portolan";
import { file } from "portolan/file";

let records = 0;
const peak = () => (existsSync("/proc/self/status") ? Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) : process.resourceUsage().maxRSS);
const load = route("load")
  .from(file.watch({ directory: "in", complete: "atOnce", onSuccess: "delete", stream: true }))
  .wireTap(channel("audit"), { body: () => "a file" })
  .split((m) => m.body, (r) => ${block})
  .map(() => { process.stdout.write(JSON.stringify({ records, kilobytes: peak() }) + "\\n"); });
export default app("load", { routes: [load] });
`;

const COUNTED = "r.map((m) => { records += 1; return m.body; })";
const SENT = `${COUNTED}.to(channel("rows"))`;

const FORMATS = {
  ndjson: { head: "", record: (id: number) => `${JSON.stringify({ id, name: `customer ${id}`, note: "leave it at the back door" })}\n` },
  csv: { head: "id,name,note\n", record: (id: number) => `${id},customer ${id},"leave it at the back door"\n` },
};

async function writeRecords(path: string, format: keyof typeof FORMATS, minBytes: number): Promise<number> {
  const { head, record } = FORMATS[format];
  const file = createWriteStream(path);
  file.write(head);
  let records = 0;
  for (let bytes = 0; bytes < minBytes;) {
    const block = Array.from({ length: 1_000 }, () => record(records++)).join("");
    bytes += block.length;
    if (!file.write(block)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  return records;
}

/** The greatest memory of a node that splits one file. */
async function peakOf(format: keyof typeof FORMATS, minBytes: number, block = COUNTED): Promise<number> {
  await using app = await createAppDirectory({ "app.ts": appWith(block) });
  await mkdir(join(app.path, "in"));
  const written = await writeRecords(join(app.path, "in", `rows.${format}`), format, minBytes);
  // V8 lets its young generation grow with the work of a process, whatever it is: held small, it does not hide what the route keeps.
  const environment = { NODE_OPTIONS: "--max-semi-space-size=8" };
  await using node = await startReady([], { directory: app.path, environment });
  const [, records, kilobytes] = await node.shows(/"records":(\d+),"kilobytes":(\d+)/);
  expect(Number(records)).toBe(written);
  node.child.kill("SIGTERM");
  await node.ended;
  return Number(kilobytes);
}

it.each(["ndjson", "csv"] as const)("splits ten times as much %s in the same memory", async (format) => {
  const small = await peakOf(format, 10e6);
  const large = await peakOf(format, 100e6);
  // A node's first seconds fill its heap and compile its code, by up to a quarter; a hundred bytes kept of each record would make it a half more.
  expect(large / small).toBeLessThan(1.35);
});

it("sends the records of a file of ten times the size to a durable channel in the same memory", async () => {
  const small = await peakOf("ndjson", 5e6, SENT);
  const large = await peakOf("ndjson", 50e6, SENT);
  // A node and its store fill their heaps and caches in the first seconds; what is sent, held until the commit, would make it three times as much.
  expect(large / small).toBeLessThan(1.5);
});

it("sends the records of a file once, all of them, however often it is killed while it does", async () => {
  const random = createSeededRandom(KILL_SEED);
  await using app = await createAppDirectory({ "app.ts": appWith(SENT) });
  await mkdir(join(app.path, "in"));
  const written = await writeRecords(join(app.path, "in", "rows.ndjson"), "ndjson", 4e6);
  for (let kill = 0; kill < KILLS; kill++) {
    await using node = await startReady([], { directory: app.path });
    // Somewhere from the first record to the commit; should that have been reached, the file must not be sent again.
    await Promise.race([setTimeout(random.next() * LONGEST_LIFE_MS), node.ended]);
  }
  await using last = await startReady([], { directory: app.path });
  await untilGone(join(app.path, "in"), AbortSignal.timeout(60_000));
  last.child.kill("SIGTERM");
  await last.ended;
  const { stdout } = await runCommand(["channels", "ls", "--json"], { directory: app.path });
  const waiting = new Map(
    stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .map(({ name, waiting: count }) => [name, count]),
  );
  expect([waiting.get("rows"), waiting.get("audit")]).toEqual([written, 1]);
});

/** Resolves when no file is left in a folder, also none that has been claimed. */
async function untilGone(folder: string, signal: AbortSignal): Promise<void> {
  const filesIn = async () => (await readdir(folder, { recursive: true })).filter((name) => name.includes("rows"));
  while ((await filesIn()).length > 0) {
    signal.throwIfAborted();
    await setTimeout(100);
  }
}
