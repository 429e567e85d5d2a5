import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { createFormats } from "@portolan/formats";
import {
  createTemporaryFolder,
  createVirtualClock,
  driveUntil,
  openSourceBench,
  type SourceBench,
  type TemporaryFolder,
  tryRawOptions,
} from "@portolan/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { file, fileConnector } from "./index.ts";

let folder: TemporaryFolder;
let bench: SourceBench | undefined;

beforeEach(async () => {
  folder = await createTemporaryFolder();
});

afterEach(async () => {
  bench?.acceptAll();
  await bench?.source.close();
  bench = undefined;
  await folder[Symbol.asyncDispose]();
});

async function watch() {
  const clock = createVirtualClock();
  const opened = await openSourceBench({
    definition: fileConnector,
    options: { directory: ".", complete: "atOnce", stream: true },
    clock,
    services: { ...createFormats(), directory: folder.root },
  });
  bench = opened;
  return {
    bench: opened,
    /** The body of the first message. */
    async body() {
      await driveUntil(clock, () => opened.deliveries.length > 0);
      return opened.deliveries[0]?.incoming.body as AsyncIterable<unknown>;
    },
    failures: (count: number) => driveUntil(clock, async () => (await folder.names("failed")).length >= count),
  };
}

describe("stream: true", () => {
  it.each([
    ["a.ndjson", '{"id":"1"}\n{"id":"2"}\n'],
    ["a.csv", "id\n1\n2\n"],
  ])("hands %s over as a stream of records, which can be read again", async (name, text) => {
    await folder.put(name, text);
    const { body } = await watch();
    const stream = await body();
    expect(await all(stream)).toEqual([{ id: "1" }, { id: "2" }]);
    expect(await all(stream)).toEqual([{ id: "1" }, { id: "2" }]);
  });

  it("reads compressed files in the format that their names tell", async () => {
    await writeFile(folder.path("a.csv.gz"), gzipSync("id\n1\n2\n"));
    const { body } = await watch();
    expect(await all(await body())).toEqual([{ id: "1" }, { id: "2" }]);
  });

  it("reads no further than it is asked to", async () => {
    await folder.put("a.ndjson", '{"id":1}\nnot json\n');
    const { body } = await watch();
    for await (const record of await body()) {
      expect(record).toEqual({ id: 1 });
      break;
    }
  });

  it("tells of a record that cannot be read when the stream comes to it", async () => {
    await folder.put("a.ndjson", '{"id":1}\nnot json\n');
    const { body } = await watch();
    await expect(all(await body())).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
  });

  it("fails a file whose format has no records", async () => {
    await folder.put("a.json", "{}");
    const { bench: opened, failures } = await watch();
    await failures(2);
    expect(opened.deliveries).toEqual([]);
  });

  it("does not go with records or tail", () => {
    const check = (more: object) => {
      const { options } = tryRawOptions(fileConnector.source?.options ?? {}, { directory: ".", stream: true, ...more });
      return options === undefined ? undefined : fileConnector.source?.check?.(options);
    };
    expect(check({ records: true })).toEqual(["a file is one message with `stream`, and many with `records`"]);
    expect(check({ tail: true })).toEqual(["a file is one message with `stream`, and many with `tail`"]);
    expect(check({})).toEqual([]);
    expect(file.watch({ directory: ".", stream: true })).toMatchObject({ file: { stream: true } });
  });
});

async function all(stream: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const records: unknown[] = [];
  for await (const record of stream) records.push(record);
  return records;
}
