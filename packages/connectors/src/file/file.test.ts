import { CONNECTOR, type SourceRef, type TargetRef } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import {
  createTemporaryFolder,
  createVirtualClock,
  drive,
  openSourceBench,
  openTarget,
  sourceConformance,
  targetConformance,
  tryRawOptions,
  type TemporaryFolder,
} from "@portolan/testkit";
import { describe, expect, expectTypeOf, it } from "vitest";
import { file, fileConnector, type WatchInput, type WriteInput, type WrittenFile } from "./index.ts";
import type { FileSourceOptions, FileTargetOptions } from "./options.ts";

const servicesIn = (folder: TemporaryFolder) => ({ ...createFormats(), directory: folder.root });
const runner = { describe, it };

describe("watching a folder", () => {
  sourceConformance(async () => {
    const folder = await createTemporaryFolder();
    const clock = createVirtualClock();
    const options = { directory: "in", complete: "atOnce", concurrency: 2 };
    await folder.put("in/.keep", "");
    const bench = await openSourceBench({ definition: fileConnector, options, clock, services: servicesIn(folder) });
    let count = 0;
    return {
      bench,
      concurrency: 2,
      async offer(more) {
        for (let index = 0; index < more; index++) await folder.put(`in/${(count += 1)}.json`, { count });
      },
      settle: () => drive(clock),
      acknowledged: async () => (await folder.names("in/archive")).length,
      refused: async () => (await folder.names("in/failed")).filter((name) => name.endsWith(".error.json")).length,
      dispose: () => folder[Symbol.asyncDispose](),
    };
  }, runner);
});

describe("following a file", () => {
  sourceConformance(
    async () => {
      const folder = await createTemporaryFolder();
      const clock = createVirtualClock();
      const options = { directory: ".", tail: true, include: "a.log" };
      const bench = await openSourceBench({ definition: fileConnector, options, clock, services: servicesIn(folder) });
      return {
        bench,
        concurrency: 1,
        offer: (more) => folder.append("a.log", "line\n".repeat(more)),
        settle: () => drive(clock),
        acknowledged: async () => undefined,
        dispose: () => folder[Symbol.asyncDispose](),
      };
    },
    runner,
    { acknowledges: false },
  );
});

describe.each([
  ["writing files", { file: "{header.name}.json" }],
  ["appending to a file", { file: "{header.group}.ndjson", mode: "append" }],
])("%s", (_title, options) => {
  targetConformance(async () => {
    const folder = await createTemporaryFolder();
    const group = { group: "all" };
    return {
      target: await openTarget(
        fileConnector,
        { directory: "out", ...options },
        { clock: createVirtualClock(), services: servicesIn(folder) },
      ),
      sample: (index) => ({ body: { index }, headers: { ...group, name: `n${index}` } }),
      received: async () =>
        (await folder.texts("out")).flatMap((text) => text.trim().split("\n")).map((line) => JSON.parse(line) as unknown),
      bad: [
        { title: "what JSON does not have", body: 1n, headers: { ...group, name: "n" }, kind: "invalid", code: "PORTOLAN_FORMAT_INVALID" },
        { title: "no header", body: 1, kind: "invalid", code: "PORTOLAN_FILE_FAILED" },
        { title: "another folder", body: 1, headers: { group: "../up", name: "../up" }, kind: "invalid", code: "PORTOLAN_FILE_FAILED" },
        { title: "the folder above", body: 1, headers: { group: "..", name: ".." }, kind: "invalid", code: "PORTOLAN_FILE_FAILED" },
        {
          title: "a long name",
          body: 1,
          headers: { group: "x".repeat(300), name: "x".repeat(300) },
          kind: "invalid",
          code: "PORTOLAN_FILE_FAILED",
        },
      ],
      dispose: () => folder[Symbol.asyncDispose](),
    };
  }, runner);
});

describe("options", () => {
  it.each([
    [{ directory: "d", tail: true, complete: "atOnce" }, "`complete` says nothing about files that are followed by `tail`"],
    [{ directory: "d", tail: true, format: "csv" }, "a CSV file is followed without its header: { csv: { header: false } }"],
    [{ directory: "d", tail: true, format: { text: { charset: "utf-16le" } } }, "files in utf-16le cannot be followed"],
  ])("of the source: %j is refused: %s", (raw, message) => {
    const { options } = tryRawOptions(fileConnector.source?.options ?? {}, raw);
    expect(options && fileConnector.source?.check?.(options)).toEqual([message]);
  });

  it.each([
    [{ directory: "d", file: "{name}.json" }, "`file` knows the placeholders {id} and {header.NAME}"],
    [{ directory: "d", file: "../{id}.json" }, "`file` is a path within `directory`, without `..`"],
    [{ directory: "d", file: "/etc/{id}.json" }, "`file` is a path within `directory`, without `..`"],
    [{ directory: "d", file: "{id}" }, "`format` is needed where the extension of `file` names none"],
  ])("of the target: %j is refused: %s", (raw, message) => {
    const { options } = tryRawOptions(fileConnector.target?.options ?? {}, raw);
    expect(options && fileConnector.target?.check?.(options)).toEqual([message]);
  });

  it.each([
    [{ directory: "d", format: "", complete: "soon" }, ["format", "complete"]],
    [{ format: { csv: { delimitr: ";" } } }, ["", "format.csv.delimitr"]],
  ])("%j: what is wrong is found at %j", (raw, paths) => {
    const { findings } = tryRawOptions(fileConnector.source?.options ?? {}, raw);
    expect(findings.map(({ path }) => path).toSorted()).toEqual(paths.toSorted());
  });

  it("have the same names in code as in flow files", () => {
    expectTypeOf<keyof WatchInput>().toEqualTypeOf<Exclude<keyof FileSourceOptions, "tail">>();
    expectTypeOf<keyof WriteInput>().toEqualTypeOf<keyof FileTargetOptions>();
    expect(Object.keys(fileConnector.source?.options ?? {})).toContain("tail");
  });

  it("are what the functions put under the connector's key", () => {
    expect(file.watch({ directory: "in" })).toMatchObject({ file: { directory: "in" }, [CONNECTOR]: fileConnector });
    expect(file.tail({ directory: "in" })).toMatchObject({ file: { directory: "in", tail: true } });
    expect(file.write({ directory: "out", file: "{id}.json" })).toMatchObject({ file: { directory: "out", file: "{id}.json" } });
  });
});

it("bodies and replies are typed", () => {
  const source: SourceRef<{ id: string }> = file.watch<{ id: string }>({ directory: "in" });
  const target: TargetRef<string, WrittenFile> = file.write<string | number>({ directory: "out", file: "a.txt" });
  // @ts-expect-error a source of texts is none of numbers
  const wrongSource: SourceRef<number> = file.tail<string>({ directory: "in" });
  // @ts-expect-error a target of texts does not take numbers
  const wrongTarget: TargetRef<number> = file.write<string>({ directory: "out", file: "a.txt" });
  for (const ref of [source, target, wrongSource, wrongTarget]) expect(ref[CONNECTOR]).toBe(fileConnector);
});
