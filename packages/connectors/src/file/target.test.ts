import { mkdir, rename } from "node:fs/promises";
import { createMessage, type HeaderValue, type Reply } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createTemporaryFolder, createVirtualClock, openTarget, type TemporaryFolder } from "@portolan/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileConnector } from "./index.ts";

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await createTemporaryFolder();
});

afterEach(() => folder[Symbol.asyncDispose]());

type Send = (
  body: unknown,
  message?: { readonly id?: string; readonly headers?: Readonly<Record<string, HeaderValue>> },
) => Promise<Reply | undefined>;

async function open(options: Readonly<Record<string, unknown>>): Promise<Send> {
  const services = { ...createFormats(), directory: folder.root };
  const target = await openTarget(fileConnector, { directory: "out", ...options }, { clock: createVirtualClock(), services });
  return (body, { id = "m1", headers = {} } = {}) => target.send(createMessage(id, body, headers), { mode: "call", key: "k" });
}

describe("writing a file for each message", () => {
  it("names it after the message and tells where it is", async () => {
    const send = await open({ file: "{header.Country}/order-{id}.json" });
    expect(await send({ a: 1 }, { id: "7", headers: { country: "de" } })).toEqual({
      body: { path: folder.path("out/de/order-7.json"), size: 7 },
      headers: {},
    });
    expect(await folder.texts("out/de")).toEqual(['{"a":1}']);
  });

  it("replaces one that exists, leaving nothing else behind", async () => {
    const send = await open({ file: "a.txt" });
    await send("one");
    await send("two");
    expect(await folder.names("out")).toEqual(["a.txt"]);
    expect(await folder.texts("out")).toEqual(["two"]);
  });

  it("rejects the message if the file exists, with onExists: fail", async () => {
    const send = await open({ file: "a.txt", onExists: "fail" });
    await send("one");
    await expect(send("two")).rejects.toMatchObject({ code: "PORTOLAN_FILE_FAILED", kind: "rejected" });
    expect(await folder.names("out")).toEqual(["a.txt"]);
    expect(await folder.texts("out")).toEqual(["one"]);
  });

  it("gives the name a number, with onExists: number, also to many at once", async () => {
    const send = await open({ file: "a.txt", onExists: "number", fsync: false });
    await Promise.all(Array.from({ length: 10 }, (_, index) => send(String(index))));
    expect(await folder.names("out")).toEqual([...Array.from({ length: 9 }, (_, index) => `a-${index + 1}.txt`), "a.txt"]);
    expect((await folder.texts("out")).toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => String(index)));
  });

  it("writes in the format that is chosen", async () => {
    const send = await open({ file: "{id}", format: { json: { indent: 2 } } });
    await send({ a: 1 });
    expect(await folder.texts("out")).toEqual(['{\n  "a": 1\n}']);
  });

  it("fails for a passing reason where the folder is missing or in the way, and works again afterwards", async () => {
    const send = await open({ file: "a.txt" });
    await rename(folder.path("out"), folder.path("away"));
    await folder.put("out", "a file");
    await expect(send("one")).rejects.toMatchObject({ code: "PORTOLAN_FILE_FAILED", cause: { code: "ENOTDIR" } });
    await rename(folder.path("out"), folder.path("gone"));
    await send("two");
    expect(await folder.texts("out")).toEqual(["two"]);
  });

  it("cannot replace a folder", async () => {
    const send = await open({ file: "a.txt" });
    await mkdir(folder.path("out/a.txt"));
    await expect(send("one")).rejects.toMatchObject({ code: "PORTOLAN_FILE_FAILED", kind: "invalid" });
    expect(await folder.names("out")).toEqual(["a.txt"]);
  });
});

describe("appending", () => {
  it("writes the header of a CSV only to a new file", async () => {
    const options = { file: "{header.day}.csv", mode: "append", format: { csv: { columns: ["a"], newline: "lf" } } };
    const send = await open(options);
    await send({ a: 1 }, { headers: { day: "mon" } });
    await send({ a: 2 }, { headers: { day: "mon" } });
    await send({ a: 3 }, { headers: { day: "tue" } });
    const later = await open(options);
    await later({ a: 4 }, { headers: { day: "tue" } });
    expect(await folder.texts("out")).toEqual(["a\n1\n2\n", "a\n3\n4\n"]);
  });

  it("makes no file for a body that cannot be written", async () => {
    const send = await open({ file: "a.csv", mode: "append" });
    await expect(send({ a: 1 })).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
    expect(await folder.names("out")).toEqual([]);
  });

  it("writes records of one file one after another, whole", async () => {
    const send = await open({ file: "a.ndjson", mode: "append", fsync: false });
    const text = "x".repeat(100_000);
    await Promise.all(Array.from({ length: 10 }, (_, index) => send({ index, text })));
    const [all = ""] = await folder.texts("out");
    expect(
      all
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { index: number }).index),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it.runIf(process.platform === "linux")("fails for a passing reason when the disk is full", async () => {
    const send = await open({ directory: "/dev", file: "full", mode: "append", format: "text" });
    await expect(send("one")).rejects.toMatchObject({
      code: "PORTOLAN_FILE_FAILED",
      kind: "transient",
      cause: { code: "ENOSPC" },
      hint: "free space on the volume",
    });
  });
});
