import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, utimes, writeFile } from "node:fs/promises";
import { createFormats } from "@portolan/formats";
import {
  createTemporaryFolder,
  createVirtualClock,
  drive,
  openPollBench,
  pollConformance,
  tryRawOptions,
  type PollBench,
  type TemporaryFolder,
} from "@portolan/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileConnector } from "./index.ts";

const AT_ONCE = { waitMs: 0 };

let folder: TemporaryFolder;
let benches: PollBench[];

beforeEach(async () => {
  folder = await createTemporaryFolder();
  benches = [];
});

afterEach(async () => {
  await Promise.all(benches.map((bench) => bench.source.close()));
  await folder[Symbol.asyncDispose]();
});

async function poll(options: Readonly<Record<string, unknown>> = {}, positions = new Map<string, unknown>()) {
  const bench = await openPollBench({
    definition: fileConnector,
    options: { directory: ".", complete: "atOnce", ...options },
    clock: createVirtualClock(),
    services: { ...createFormats(), directory: folder.root },
    positions,
  });
  benches.push(bench);
  return bench;
}

/** The files in a folder, without the time and number in front of their names. */
async function namesIn(path: string): Promise<readonly string[]> {
  return (await folder.names(path)).map((name) => name.replace(/^\d{8}T\d{9}Z-[a-z0-9]+-/, "")).toSorted();
}

describe("a folder", () => {
  pollConformance(
    async () => {
      const clock = createVirtualClock();
      const own = await createTemporaryFolder();
      await own.put("in/.keep", "");
      const options = { directory: "in", complete: "atOnce" };
      const services = { ...createFormats(), directory: own.root };
      let count = 0;
      return {
        bench: await openPollBench({ definition: fileConnector, options, clock, services }),
        async offer(more) {
          for (let index = 0; index < more; index++) await own.put(`in/${(count += 1)}.json`, { count });
        },
        settle: () => drive(clock),
        acknowledged: async () => (await own.names("in/archive")).length,
        dispose: () => own[Symbol.asyncDispose](),
      };
    },
    { describe, it },
  );
});

describe("a poll takes", () => {
  it("the first file in the order that the options want, as data of its format, with headers of the file", async () => {
    await folder.put("b.json", "1");
    await folder.put("a.csv", "id\n1\n");
    await folder.put("c.txt", "x");
    const bench = await poll({ include: "*.{csv,json}" });
    const taken = [await bench.source.take(AT_ONCE), await bench.source.take(AT_ONCE), await bench.source.take(AT_ONCE)];
    expect(taken.map((message) => message?.incoming.body)).toEqual([[{ id: "1" }], 1, undefined]);
    expect(taken[0]?.incoming.headers).toMatchObject({ "file-name": "a.csv", "file-path": folder.path("a.csv"), "file-size": 5 });
    taken.forEach((message) => message?.ended(false));
  });

  it("with complete: unchanged, only what has not been changed for an interval by the clock of the disk", async () => {
    await folder.put("new.json", "1");
    await folder.put("old.json", "2");
    await utimes(folder.path("old.json"), 10, 10);
    const bench = await poll({ complete: "unchanged", interval: "1h" });
    const message = await bench.source.take(AT_ONCE);
    expect(message?.incoming.body).toBe(2);
    expect(await bench.source.take(AT_ONCE)).toBeUndefined();
    message?.ended(true);
  });

  it("with complete: readyFile, what has one, which goes with it", async () => {
    await folder.put("a.json", "1");
    await folder.put("b.json", "2");
    await folder.put("b.json.ready", "");
    const bench = await poll({ complete: "readyFile", include: "*.json" });
    const message = await bench.source.take(AT_ONCE);
    expect(message?.incoming.body).toBe(2);
    expect(await folder.names()).toEqual([".claimed", "a.json", "archive", "failed"]);
    message?.ended(false);
  });

  it("with stream: true, a stream of the file's records that can be read until the unit of work has ended", async () => {
    await folder.put("a.ndjson", "1\n2\n");
    const bench = await poll({ stream: true });
    const message = await bench.source.take(AT_ONCE);
    const body = message?.incoming.body as AsyncIterable<unknown>; // what `stream` promises
    for (const time of ["once", "again"]) {
      const records: unknown[] = [];
      for await (const record of body) records.push(record);
      expect({ time, records }).toEqual({ time, records: [1, 2] });
    }
    message?.ended(true);
    await bench.source.close();
    expect(await namesIn("archive")).toEqual(["a.ndjson"]);
  });
});

it("a file that cannot be claimed does not keep others from being polled, and fails a poll that finds no other", async () => {
  await writeFile(folder.path(`${"a".repeat(245)}.json`), "0");
  await folder.put("b.json", "1");
  const bench = await poll();
  const message = await bench.source.take(AT_ONCE);
  expect(message?.incoming.body).toBe(1);
  await expect(bench.source.take(AT_ONCE)).rejects.toMatchObject({ code: "PORTOLAN_FILE_FAILED" });
  message?.ended(true);
});

it("the id of a polled file can be a part of a file's name", async () => {
  await folder.put("a.json", "1");
  const bench = await poll();
  const message = await bench.source.take(AT_ONCE);
  expect(message?.incoming.id).toMatch(/^[\w.-]+$/);
  message?.ended(true);
});

describe("what becomes of a polled file", () => {
  it("is deleted with onSuccess: delete", async () => {
    await folder.put("a.json", "1");
    const bench = await poll({ onSuccess: "delete" });
    (await bench.source.take(AT_ONCE))?.ended(true);
    await bench.source.close();
    expect(await folder.names()).toEqual([".claimed", "failed"]);
  });

  it("one that cannot be read goes to those that failed, with the reason, and the next one is taken", async () => {
    await folder.put("a.json", "{");
    await folder.put("b.json", "[1, 2, 3]");
    await folder.put("c.json", "3");
    const bench = await poll({ maxBytes: 5 });
    const message = await bench.source.take(AT_ONCE);
    expect(message?.incoming.body).toBe(3);
    expect(await namesIn("failed")).toEqual(["a.json", "a.json.error.json", "b.json", "b.json.error.json"]);
    expect(bench.log.entries.map(({ fields }) => fields?.["code"])).toEqual(["PORTOLAN_FORMAT_INVALID", "PORTOLAN_BODY_TOO_LARGE"]);
    message?.ended(true);
  });

  it("one that failed with its unit of work comes before others, but not to a step that wants other names", async () => {
    await folder.put("b.json", "1");
    const bench = await poll({ include: "*.json" });
    (await bench.source.take(AT_ONCE))?.ended(false);
    await bench.source.close();
    await folder.put("a.json", "2");
    await folder.put("c.csv", "id\n1\n");
    const csv = await poll({ include: "*.csv" });
    const rows = await csv.source.take(AT_ONCE);
    expect(rows?.incoming.body).toEqual([{ id: "1" }]);
    expect(await csv.source.take(AT_ONCE)).toBeUndefined();
    const again = await poll({ include: "*.json" });
    const first = await again.source.take(AT_ONCE);
    expect(first?.incoming.body).toBe(1);
    for (const message of [rows, first]) message?.ended(true);
  });

  it("one that cannot be put away is put away by a later poll, and not taken again", async () => {
    await folder.put("a.json", "1");
    const bench = await poll({ archive: "full", include: "*.json" });
    const message = await bench.source.take(AT_ONCE);
    if (message === undefined) throw new Error("there is a file");
    await rm(folder.path("full"), { recursive: true });
    // A file where the folder was: nothing can be put there.
    await folder.put("full", "");
    bench.commit(message);
    expect(await bench.source.take(AT_ONCE)).toBeUndefined();
    expect(bench.log.entries.map((entry) => entry.message)).toContain("a polled file could not be put away and is tried again");
    await rm(folder.path("full"));
    expect(await bench.source.take(AT_ONCE)).toBeUndefined();
    expect(await namesIn("full")).toEqual(["a.json"]);
  });
});

describe("a process that was killed", () => {
  /** Takes a file in a process of its own, which is killed then; yields what it would have committed. */
  async function takeAndDie(): Promise<{ readonly name: string; readonly value: unknown }> {
    const script = `
      import { openPollBench, createVirtualClock } from "@portolan/testkit";
      import { createFormats } from "@portolan/formats";
      import { fileConnector } from "./packages/connectors/src/file/index.ts";
      const options = { directory: ".", complete: "atOnce" };
      const services = { ...createFormats(), directory: ${JSON.stringify(folder.root)} };
      const { source } = await openPollBench({ definition: fileConnector, options, clock: createVirtualClock(), services });
      const { position } = await source.take({ waitMs: 0 });
      process.stdout.write(JSON.stringify(position));
      setInterval(() => undefined, 1_000);`;
    const child = spawn(process.execPath, ["--conditions=portolan-source", "--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [text] = await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    return JSON.parse(String(text));
  }

  it("before the commit: the file is taken again at once", async () => {
    await folder.put("a.json", "1");
    await takeAndDie();
    expect(await folder.names()).not.toContain("a.json");
    const bench = await poll();
    const message = await bench.source.take(AT_ONCE);
    expect(message?.incoming.body).toBe(1);
    message?.ended(true);
  });

  it("after the commit: the file is put away, and not taken again", async () => {
    await folder.put("a.json", "1");
    const { name, value } = await takeAndDie();
    const bench = await poll({}, new Map([[name, value]]));
    expect(await bench.source.take(AT_ONCE)).toBeUndefined();
    expect(await namesIn("archive")).toEqual(["a.json"]);
  });
});

it.each([
  [{ tail: true }, "a file that is followed by `tail` cannot be polled: a route that follows it can send its lines to a channel"],
  [{ records: true }, "a poll takes a whole file: use `stream` for its records, or a route that sends them to a channel"],
])("%j is refused: %s", (raw, message) => {
  const { options } = tryRawOptions(fileConnector.source?.options ?? {}, { directory: "d", ...raw });
  expect(options && fileConnector.source?.poll?.check?.(options)).toEqual([message]);
});
