import { spawn } from "node:child_process";
import { once } from "node:events";
import { rename, rm, utimes, writeFile } from "node:fs/promises";
import { PortolanError } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import {
  createTemporaryFolder,
  createVirtualClock,
  driveUntil,
  openSourceBench,
  type SourceBench,
  type TemporaryFolder,
} from "@portolan/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileConnector } from "./index.ts";

const ROUTE_CLAIMS = ".claimed/route";

let folder: TemporaryFolder;
let benches: SourceBench[];

beforeEach(async () => {
  folder = await createTemporaryFolder();
  benches = [];
});

afterEach(async () => {
  for (const bench of benches) bench.acceptAll();
  await Promise.all(benches.map((bench) => bench.source.close()));
  await folder[Symbol.asyncDispose]();
});

async function watch(options: Readonly<Record<string, unknown>> = {}, positions = new Map<string, unknown>()) {
  const clock = createVirtualClock();
  const bench = await openSourceBench({
    definition: fileConnector,
    options: { directory: ".", complete: "atOnce", ...options },
    clock,
    services: { ...createFormats(), directory: folder.root },
    positions,
  });
  benches.push(bench);
  return {
    bench,
    clock,
    positions,
    until: (isSo: () => boolean | Promise<boolean>) => driveUntil(clock, isSo),
    delivered: (count: number) => driveUntil(clock, () => bench.deliveries.length >= count),
    bodies: () => bench.deliveries.map(({ incoming }) => incoming.body),
    archived: (count: number) => driveUntil(clock, async () => (await folder.names("archive")).length >= count),
  };
}

/** The files in a folder, without the time and number in front of their names. */
async function namesIn(path: string): Promise<readonly string[]> {
  return (await folder.names(path)).map((name) => name.replace(/^\d{8}T\d{9}Z-[a-z0-9]+-/, "")).toSorted();
}

const no = new PortolanError("PORTOLAN_THROWN", "no", { kind: "rejected", hint: "ask again" });

describe("which files are taken", () => {
  it("those that the patterns want, in the order of their names, none that begin with a dot", async () => {
    for (const name of ["b.json", "a.json", "c.txt", "d.csv", ".e.json", "z-old.json"]) await folder.put(name, "1");
    const { bench, archived } = await watch({ include: ["*.json", "*.{txt,xml}"], exclude: "*-old.*" });
    bench.acceptAll();
    await archived(3);
    expect(bench.deliveries.map(({ incoming }) => incoming.headers?.["file-name"])).toEqual(["a.json", "b.json", "c.txt"]);
    expect(await folder.names()).toEqual([".claimed", ".e.json", "archive", "d.csv", "failed", "z-old.json"]);
  });

  it("the one that was modified first comes first with order: modified", async () => {
    for (const [name, seconds] of Object.entries({ "a.json": 3, "b.json": 1, "c.json": 2 })) {
      await folder.put(name, "1");
      await utimes(folder.path(name), seconds, seconds);
    }
    const { bench, archived } = await watch({ order: "modified" });
    bench.acceptAll();
    await archived(3);
    expect(bench.deliveries.map(({ incoming }) => incoming.headers?.["file-name"])).toEqual(["b.json", "c.json", "a.json"]);
  });

  it("one that is still being written waits until it no longer changes", async () => {
    const { bench, clock, bodies, archived } = await watch({ complete: "unchanged", interval: "10s" });
    bench.acceptAll();
    await folder.append("a.json", "[1,");
    for (let second = 0; second < 9; second++) await clock.advanceTo((second + 1) * 1_000);
    await folder.append("a.json", "2]");
    await archived(1);
    expect(bodies()).toEqual([[1, 2]]);
    expect(clock.now()).toBeGreaterThanOrEqual(19_000);
  });

  it("with complete: readyFile, those that have one, which goes with them", async () => {
    await folder.put("a.json", "1");
    await folder.put("b.json", "2");
    await folder.put("b.json.ready", "");
    const { bench, bodies, archived } = await watch({ complete: "readyFile", include: "*.json" });
    bench.acceptAll();
    await archived(1);
    expect(bodies()).toEqual([2]);
    expect(await folder.names()).toEqual([".claimed", "a.json", "archive", "failed"]);
  });
});

describe("what is delivered", () => {
  it("the data of the format that the name tells, with headers of the file", async () => {
    await folder.put("a.csv", "id,name\n1,x\n");
    await utimes(folder.path("a.csv"), 10, 10);
    const { bench, delivered } = await watch();
    await delivered(1);
    // So that a target can make a file's name of it.
    expect(bench.deliveries[0]?.incoming.id).toMatch(/^[\w.-]+$/);
    expect(bench.deliveries[0]?.incoming).toMatchObject({
      body: [{ id: "1", name: "x" }],
      headers: {
        "file-name": "a.csv",
        "file-path": folder.path("a.csv"),
        "file-size": 12,
        "file-modified": "1970-01-01T00:00:10.000Z",
      },
    });
  });

  it("the data of the format that the options tell; bytes where nothing does", async () => {
    await folder.put("a.csv", "1;2");
    await folder.put("b.unknown", "x");
    const chosen = await watch({ include: "a.csv", format: { csv: { delimiter: ";", header: false } } });
    await chosen.delivered(1);
    expect(chosen.bodies()).toEqual([[["1", "2"]]]);
    const bytes = await watch({ include: "b.*" });
    await bytes.delivered(1);
    expect(bytes.bodies()).toEqual([Buffer.from("x")]);
  });
});

describe("a file that cannot be claimed", () => {
  it("does not keep others from it, is said once, and leaves nothing behind each time", async () => {
    // Longer than a name may be, together with the claim.
    await folder.put("b.json", "1");
    await writeFile(folder.path(`${"a".repeat(245)}.json`), "0");
    const { bench, clock, archived } = await watch();
    bench.acceptAll();
    await archived(1);
    const before = (await folder.names(ROUTE_CLAIMS)).length;
    await folder.put("c.json", "2");
    await archived(2);
    await driveUntil(clock, () => clock.now() > 20_000);
    expect((await folder.names(ROUTE_CLAIMS)).length).toBe(before);
    expect(bench.log.entries.filter(({ level }) => level === "error")).toMatchObject([
      { message: expect.stringContaining("ENAMETOOLONG") },
    ]);
  });
});

describe("what becomes of files", () => {
  it("files of the same name are archived beside each other", async () => {
    const { bench, archived } = await watch();
    bench.acceptAll();
    await folder.put("a.json", "1");
    await archived(1);
    await folder.put("a.json", "2");
    await archived(2);
    expect((await folder.texts("archive")).toSorted()).toEqual(["1", "2"]);
    expect(await namesIn("archive")).toEqual(["a.json", "a.json"]);
  });

  it("with onSuccess: delete nothing is left of them", async () => {
    await folder.put("a.json", "1");
    const { bench, until } = await watch({ onSuccess: "delete" });
    bench.acceptAll();
    await until(async () => bench.deliveries.length === 1 && (await folder.names(`${ROUTE_CLAIMS}/1`)).includes("free"));
    expect(await folder.names()).toEqual([".claimed", "failed"]);
  });

  it("one that the route refuses is put with the failed, with the reason", async () => {
    await folder.put("a.json", '{ "id": 1 }');
    const { bench, delivered, until } = await watch({ failed: "../failed-elsewhere" });
    await rm(folder.path("../failed-elsewhere"), { recursive: true });
    await delivered(1);
    bench.deliveries[0]?.fail(no);
    await until(async () => (await namesIn("../failed-elsewhere")).length === 2);
    expect(await namesIn("../failed-elsewhere")).toEqual(["a.json", "a.json.error.json"]);
    const [content, note] = await folder.texts("../failed-elsewhere");
    expect(content).toBe('{ "id": 1 }');
    expect(JSON.parse(note ?? "")).toMatchObject({
      file: "a.json",
      route: "route",
      code: "PORTOLAN_THROWN",
      kind: "rejected",
      message: "no",
      hint: "ask again",
    });
    await rm(folder.path("../failed-elsewhere"), { recursive: true });
  });

  it.each([
    ["that cannot be read in its format", { content: "{", options: {} }, "PORTOLAN_FORMAT_INVALID"],
    ["that is too large", { content: '"xxxxxxxxxxxx"', options: { maxBytes: 10 } }, "PORTOLAN_BODY_TOO_LARGE"],
    ["of a format without records, read by records", { content: "1", options: { records: true } }, "PORTOLAN_FORMAT_INVALID"],
  ])("one %s is put with the failed, and the next is taken", async (_title, { content, options }, code) => {
    await folder.put("a.json", content);
    const { bench, until } = await watch(options);
    bench.acceptAll();
    await until(async () => (await namesIn("failed")).length === 2);
    const [, note] = await folder.texts("failed");
    expect(JSON.parse(note ?? "")).toMatchObject({ code, kind: "invalid" });
    expect(bench.log.entries).toContainEqual(expect.objectContaining({ level: "error", message: "a file has failed" }));
    await folder.put("b.ndjson", "1\n");
    await until(() => bench.deliveries.length === 1);
  });

  it("one that fails for a passing reason is tried again, as the same message, up to `attempts`", async () => {
    await folder.put("a.json", "1");
    const { bench, delivered, until } = await watch({ attempts: 2 });
    const busy = new PortolanError("PORTOLAN_CONNECTION_FAILED", "busy");
    await delivered(1);
    bench.deliveries[0]?.fail(busy);
    await delivered(2);
    bench.deliveries[1]?.refuse(new PortolanError("PORTOLAN_STORE_FAILED", "the disk is full"));
    await delivered(3);
    bench.deliveries[2]?.fail(busy);
    await until(async () => (await namesIn("failed")).length === 2);
    expect(new Set(bench.deliveries.map(({ incoming }) => incoming.id)).size).toBe(1);
    expect(bench.deliveries).toHaveLength(3);
  });

  it("one that somebody removes while it is in process is no failure", async () => {
    await folder.put("a.json", "1");
    const { bench, delivered, archived } = await watch();
    await delivered(1);
    const [owner = ""] = await folder.names(`${ROUTE_CLAIMS}/1`);
    const [claimed = ""] = await folder.names(`${ROUTE_CLAIMS}/1/${owner}`);
    await rm(folder.path(`${ROUTE_CLAIMS}/1/${owner}/${claimed}`));
    bench.acceptAll();
    await folder.put("b.json", "2");
    await archived(1);
    expect(await namesIn("archive")).toEqual(["b.json"]);
    expect(bench.log.entries).toEqual([]);
  });

  it("go on being taken when somebody removes the folders of the source", async () => {
    const { bench, archived } = await watch();
    bench.acceptAll();
    await folder.put("a.json", "1");
    await archived(1);
    for (const name of [".claimed", "archive", "failed"]) await rm(folder.path(name), { recursive: true });
    await folder.put("b.json", "2");
    await archived(1);
    expect(bench.log.entries).toEqual([]);
  });
});

describe("several nodes", () => {
  it("take each file once", async () => {
    const nodes = [await watch({ concurrency: 3 }), await watch({ concurrency: 3 })];
    for (const { bench } of nodes) bench.acceptAll();
    for (let index = 0; index < 40; index++) await folder.put(`${index}.json`, String(index));
    await Promise.all(nodes.map(({ archived }) => archived(40)));
    const bodies = nodes.flatMap(({ bodies }) => bodies()).map(Number);
    expect(bodies.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, index) => index));
  });

  it("take up at once what a process that was killed had in process", async () => {
    await folder.put("a.ndjson", "1\n2\n");
    const script = `
      import { openSourceBench, createVirtualClock, driveUntil } from "@portolan/testkit";
      import { createFormats } from "@portolan/formats";
      import { fileConnector } from "@portolan/connectors/file";
      const clock = createVirtualClock();
      const bench = await openSourceBench({
        definition: fileConnector, clock, options: { directory: ".", complete: "atOnce" },
        services: { ...createFormats(), directory: ${JSON.stringify(folder.root)} },
      });
      await driveUntil(clock, () => bench.deliveries.length > 0);
      console.log("in process");
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ["--conditions=portolan-source", "--input-type=module", "-e", script], {
      cwd: import.meta.dirname,
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await folder.names()).not.toContain("a.ndjson");
    const { bench, clock, bodies } = await watch();
    await clock.advanceTo(0);
    await expect.poll(() => bench.deliveries.length, { timeout: 15_000 }).toBe(1);
    expect(bodies()).toEqual([[1, 2]]);
    expect(clock.now()).toBe(0);
  });

  it("take up what another machine has left when it has shown no life for 30 s", async () => {
    await folder.put(`${ROUTE_CLAIMS}/1/elsewhere-1-x-y/0000000010000000001~a.json`, "1");
    const { bench, clock, archived } = await watch();
    bench.acceptAll();
    await clock.advanceTo(20_000);
    expect(bench.deliveries).toEqual([]);
    await archived(1);
    expect(clock.now()).toBeGreaterThanOrEqual(30_000);
  });
});

describe("records: true", () => {
  const headers = (record: number) => expect.objectContaining({ "file-name": "a.ndjson", "file-record": record });

  it("delivers each record with its position; failures of a record go to the dead letter", async () => {
    await folder.put("a.ndjson", "1\n2\n3\n");
    const { bench, delivered, archived } = await watch({ records: true });
    await delivered(1);
    bench.deliveries[0]?.accept();
    await delivered(2);
    bench.deliveries[1]?.fail(no);
    await delivered(3);
    bench.deliveries[2]?.accept();
    await archived(1);
    expect(bench.deliveries.map(({ incoming }) => [incoming.body, incoming.headers])).toEqual([
      [1, headers(1)],
      [2, headers(2)],
      [3, headers(3)],
    ]);
    expect(bench.deadLetters.map(({ incoming }) => incoming.body)).toEqual([2]);
  });

  it("goes on after a stop with the record that comes next", async () => {
    await folder.put("a.ndjson", "1\n2\n3\n");
    const first = await watch({ records: true });
    await first.delivered(1);
    first.bench.deliveries[0]?.accept();
    await first.delivered(2);
    const closed = first.bench.source.close();
    first.bench.deliveries[1]?.accept();
    await closed;
    const second = await watch({ records: true }, first.positions);
    second.bench.acceptAll();
    await second.archived(1);
    expect(second.bodies()).toEqual([3]);
  });

  it("neither loses nor doubles a record when a node is taken for dead and lives", async () => {
    await folder.put("a.ndjson", "1\n2\n3\n");
    const stalled = await watch({ records: true });
    await stalled.delivered(1);
    stalled.bench.deliveries[0]?.accept();
    await stalled.delivered(2);
    // As another node does that has not seen this one live.
    const [owner = ""] = await folder.names(`${ROUTE_CLAIMS}/1`);
    await rename(folder.path(`${ROUTE_CLAIMS}/1/${owner}`), folder.path(`${ROUTE_CLAIMS}/1/orphan`));
    const other = await watch({ records: true }, stalled.positions);
    await other.delivered(1);
    other.bench.deliveries[0]?.accept();
    stalled.bench.deliveries[1]?.accept();
    other.bench.acceptAll();
    await other.archived(1);
    expect(other.bodies()).toEqual([2, 3]);
    expect(stalled.bodies()).toEqual([1, 2]);
    await stalled.bench.source.close();
    expect(stalled.positions.get("route/file/.#1")).toMatchObject({ records: 3 });
  });

  it("puts a file with the failed from the record on that cannot be read", async () => {
    await folder.put("a.ndjson", "1\n{\n3\n");
    const { bench, bodies, until } = await watch({ records: true });
    bench.acceptAll();
    await until(async () => (await namesIn("failed")).length === 2);
    expect(bodies()).toEqual([1]);
    const [, note] = await folder.texts("failed");
    expect(JSON.parse(note ?? "")).toMatchObject({
      code: "PORTOLAN_FORMAT_INVALID",
      records: 1,
      message: expect.stringContaining("line 2"),
    });
  });
});

describe("the folder", () => {
  it("has to be there at the start", async () => {
    await expect(watch({ directory: "none" })).rejects.toMatchObject({
      code: "PORTOLAN_FILE_FAILED",
      kind: "transient",
      hint: "create the folder, or mount the volume",
    });
  });

  it("may vanish and come back: that is told once", async () => {
    await folder.put("in/.keep", "");
    const { bench, until } = await watch({ directory: "in" });
    bench.acceptAll();
    await rename(folder.path("in"), folder.path("away"));
    await until(() => bench.log.entries.some(({ level }) => level === "error"));
    await rename(folder.path("away"), folder.path("in"));
    await folder.put("in/a.json", "1");
    await until(() => bench.deliveries.length === 1);
    expect(bench.log.entries.filter(({ level }) => level === "error")).toHaveLength(1);
  });
});
