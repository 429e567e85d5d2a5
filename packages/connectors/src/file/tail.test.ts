import { rename, rm, truncate } from "node:fs/promises";
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

async function tail(options: Readonly<Record<string, unknown>> = {}, positions = new Map<string, unknown>()) {
  const clock = createVirtualClock();
  const bench = await openSourceBench({
    definition: fileConnector,
    options: { directory: ".", tail: true, include: "a.log", ...options },
    clock,
    services: { ...createFormats(), directory: folder.root },
    positions,
  });
  benches.push(bench);
  bench.acceptAll();
  return {
    bench,
    positions,
    until: (isSo: () => boolean | Promise<boolean>) => driveUntil(clock, isSo),
    delivered: (count: number) => driveUntil(clock, () => bench.deliveries.length >= count),
    bodies: () => bench.deliveries.map(({ incoming }) => incoming.body),
  };
}

describe("a followed file", () => {
  it("yields its lines, and those that come, with offsets and a position", async () => {
    await folder.append("a.log", "one\r\ntwo\n");
    const { bench, bodies, delivered, positions } = await tail();
    await delivered(2);
    await folder.append("a.log", "thrée\n\nfive\n");
    await delivered(5);
    expect(bodies()).toEqual(["one", "two", "thrée", "", "five"]);
    expect(bench.deliveries.map(({ incoming }) => incoming.headers?.["file-offset"])).toEqual([0, 5, 9, 16, 17]);
    expect(positions.get("route/file/tail ./a.log/a.log")).toMatchObject({ offset: 22 });
    expect(new Set(bench.deliveries.map(({ incoming }) => incoming.id)).size).toBe(5);
  });

  it("keeps a line back until it is complete", async () => {
    await folder.append("a.log", "one\ntw");
    const { bodies, delivered } = await tail();
    await delivered(1);
    await folder.append("a.log", "o\n");
    await delivered(2);
    expect(bodies()).toEqual(["one", "two"]);
  });

  it("is gone on with after a restart where it was left", async () => {
    await folder.append("a.log", "one\ntwo\n");
    const first = await tail();
    await first.delivered(2);
    await first.bench.source.close();
    await folder.append("a.log", "three\n");
    const second = await tail({}, first.positions);
    await second.delivered(1);
    expect(second.bodies()).toEqual(["three"]);
  });

  it("is read from the beginning after it was cut", async () => {
    await folder.append("a.log", "one\ntwo\n");
    const { bodies, delivered, bench } = await tail();
    await delivered(2);
    await truncate(folder.path("a.log"));
    await folder.append("a.log", "new\n");
    await delivered(3);
    expect(bodies()).toEqual(["one", "two", "new"]);
    expect(bench.log.entries).toContainEqual(expect.objectContaining({ level: "warn", message: expect.stringContaining("begins anew") }));
  });

  it("is read from the beginning if another one has taken its place and its number", async () => {
    await folder.append("a.log", "one\n");
    const first = await tail();
    await first.delivered(1);
    await first.bench.source.close();
    await truncate(folder.path("a.log"));
    await folder.append("a.log", "another first line that is longer\n");
    const second = await tail({}, first.positions);
    await second.delivered(1);
    expect(second.bodies()).toEqual(["another first line that is longer"]);
  });

  it("is read to its end after it was rotated, then the new one is", async () => {
    await folder.append("a.log", "one\n");
    const { bodies, delivered } = await tail();
    await delivered(1);
    await rename(folder.path("a.log"), folder.path("a.log.1"));
    await folder.append("a.log.1", "two\n");
    await folder.append("a.log", "three\n");
    await delivered(3);
    expect(bodies()).toEqual(["one", "two", "three"]);
  });

  it("that was rotated while the node was down loses no line", async () => {
    await folder.append("a.log", "one\n");
    const first = await tail();
    await first.delivered(1);
    await first.bench.source.close();
    await folder.append("a.log", "two\n");
    await rename(folder.path("a.log"), folder.path("a.log.1"));
    await folder.append("a.log", "three\n");
    const second = await tail({}, first.positions);
    await second.delivered(2);
    expect(second.bodies()).toEqual(["two", "three"]);
  });

  it("may come later, and may go", async () => {
    const { bodies, delivered } = await tail();
    await folder.append("a.log", "one\n");
    await delivered(1);
    await rm(folder.path("a.log"));
    await folder.append("a.log", "two\n");
    await delivered(2);
    expect(bodies()).toEqual(["one", "two"]);
  });

  it("puts a line that cannot be read with the failed, and goes on", async () => {
    await folder.append("a.ndjson", '{"a":1}\n{"a"\n{"a":3}\n');
    const { bodies, delivered } = await tail({ include: "*.ndjson" });
    await delivered(2);
    expect(bodies()).toEqual([{ a: 1 }, { a: 3 }]);
    const [line, note] = await folder.texts("failed");
    expect(line).toBe('{"a"');
    expect(JSON.parse(note ?? "")).toMatchObject({ code: "PORTOLAN_FORMAT_INVALID", file: "a.ndjson", offset: 8 });
  });

  it("in a format without records is refused, once and in words", async () => {
    await folder.append("a.log", "one\n");
    const { bench, until } = await tail({ format: "json" });
    await until(() => bench.log.entries.length > 0);
    expect(bench.log.entries).toEqual([
      expect.objectContaining({ message: "a.log cannot be followed in the format json, which has no records" }),
    ]);
  });

  it("yields each line once where two nodes follow it", async () => {
    await folder.append("a.log", "1\n2\n3\n");
    const first = await tail({ format: "ndjson" });
    const second = await tail({ format: "ndjson" }, first.positions);
    await folder.append("a.log", "4\n5\n");
    const last = first.positions;
    await first.until(() => (last.get("route/file/tail ./a.log/a.log") as { offset?: number } | undefined)?.offset === 10);
    await second.until(async () => true);
    expect(last.get("route/file/tail ./a.log/a.log")).toMatchObject({ offset: 10 });
  });
});
