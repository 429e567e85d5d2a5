import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { startReady } from "./command-process.test.support.ts";

/** Tells the records of each file and the greatest memory that the process had until then, which Linux counts for each process. */
const APP = `
import { existsSync, readFileSync } from "node:fs";
import { app, route } from "portolan";
import { file } from "portolan/file";

let records = 0;
const peak = () => (existsSync("/proc/self/status") ? Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) : process.resourceUsage().maxRSS);
const load = route("load")
  .from(file.watch({ directory: "in", complete: "atOnce", onSuccess: "delete", stream: true }))
  .split((m) => m.body, (r) => r.map(() => { records += 1; }))
  .map(() => { process.stdout.write(JSON.stringify({ records, kilobytes: peak() }) + "\\n"); });
export default app("load", { routes: [load] });
`;

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
async function peakOf(format: keyof typeof FORMATS, minBytes: number): Promise<number> {
  await using app = await createAppDirectory({ "app.ts": APP });
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
