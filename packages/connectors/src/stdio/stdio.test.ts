import { once } from "node:events";
import { PassThrough, Writable } from "node:stream";
import { CONNECTOR, PortolanError } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createVirtualClock, openSourceBench, openTarget, sourceConformance, targetConformance } from "@portolan/testkit";
import { describe, expect, expectTypeOf, it } from "vitest";
import { stdin, type StdinInput, stdioConnector, stdout, type StdoutInput } from "./index.ts";
import type { StdinOptions, StdoutOptions } from "./options.ts";

const services = { ...createFormats(), directory: "." };

async function openStdin(options: Readonly<Record<string, unknown>> = {}) {
  const clock = createVirtualClock();
  const input = new PassThrough();
  const bench = await openSourceBench({ definition: stdioConnector, options: { input, ...options }, clock, services });
  return { clock, input, bench, bodies: () => bench.deliveries.map(({ incoming }) => incoming.body) };
}

async function openStdout(options: Readonly<Record<string, unknown>> = {}) {
  const output = new PassThrough();
  const target = await openTarget(stdioConnector, { output, ...options }, { clock: createVirtualClock(), services });
  const send = (body: unknown) => target.send({ id: "m", body, headers: {}, attributes: {} }, { mode: "to", key: "k" });
  return { output, target, send, written: () => everything(output) };
}

describe("stdin", () => {
  sourceConformance(
    async () => {
      const { clock, input, bench } = await openStdin();
      return {
        bench,
        concurrency: 1,
        offer: async (count) => void input.write("1\n".repeat(count)),
        settle: () => clock.step().then(() => undefined),
        acknowledged: async () => undefined,
      };
    },
    { describe, it },
    { acknowledges: false },
  );

  it("delivers each record and tells that the input has ended", async () => {
    const { clock, input, bench, bodies } = await openStdin();
    bench.acceptAll();
    input.end('{"a":1}\n{"a":2}\n');
    await clock.runUntil(bench.source.ended ?? Promise.reject(new Error("it has an end")));
    expect(bodies()).toEqual([{ a: 1 }, { a: 2 }]);
    await bench.source.close();
  });

  it("has not ended before the last message has", async () => {
    const { clock, input, bench } = await openStdin();
    let isEnded = false;
    void bench.source.ended?.then(() => {
      isEnded = true;
    });
    input.end("1\n");
    const delivered = await clock.runUntil(bench.next());
    await clock.settle();
    expect(isEnded).toBe(false);
    delivered.accept();
    await bench.source.ended;
    await bench.source.close();
  });

  it("reads a format with options, or a format without records as a whole", async () => {
    const csv = await openStdin({ format: { csv: { delimiter: ";" } } });
    csv.bench.acceptAll();
    csv.input.end("a;b\n1;2\n");
    await csv.clock.runUntil(csv.bench.source.ended ?? Promise.resolve());
    expect(csv.bodies()).toEqual([{ a: "1", b: "2" }]);
    const json = await openStdin({ format: "json" });
    json.bench.acceptAll();
    json.input.write("[1,\n");
    json.input.end("2]");
    await json.clock.runUntil(json.bench.source.ended ?? Promise.resolve());
    expect(json.bodies()).toEqual([[1, 2]]);
  });

  it("tells that the rest cannot be read, after the records before it", async () => {
    const { clock, input, bench, bodies } = await openStdin();
    bench.acceptAll();
    input.end("1\nx\n2\n");
    const ended = bench.source.ended ?? Promise.resolve();
    await expect(clock.runUntil(ended)).rejects.toThrow("JSON is not valid at line 2, column 1");
    expect(bodies()).toEqual([1]);
    expect(bench.log.entries).toContainEqual(expect.objectContaining({ level: "error" }));
    await bench.source.close();
  });

  it("does not take for a record what was read when it was closed", async () => {
    const { clock, input, bench, bodies } = await openStdin();
    bench.acceptAll();
    input.write("1\n12");
    await clock.runUntil(bench.next());
    await clock.settle();
    await bench.source.close();
    expect(bodies()).toEqual([1]);
    expect(input.destroyed).toBe(true);
  });

  it("delivers a record again while the store cannot write", async () => {
    const { clock, input, bench, bodies } = await openStdin();
    input.end("1\n2\n");
    (await clock.runUntil(bench.next())).refuse(new PortolanError("PORTOLAN_STORE_FAILED", "the disk is full"));
    (await clock.runUntil(bench.next())).accept();
    (await clock.runUntil(bench.next())).accept();
    await bench.source.ended;
    expect(bodies()).toEqual([1, 1, 2]);
    expect(clock.now()).toBe(1_000);
  });
});

describe("stdout", () => {
  targetConformance(
    async () => {
      const { output, target } = await openStdout();
      return {
        target,
        sample: (index) => ({ body: { index } }),
        received: async () => lines(everything(output)),
        bad: [{ title: "a bigint", body: 1n, kind: "invalid", code: "PORTOLAN_FORMAT_INVALID" }],
      };
    },
    { describe, it },
  );

  it("writes the header of a CSV once, also when the first body was refused", async () => {
    const { send, target, written } = await openStdout({ format: { csv: { columns: ["a"], newline: "lf" } } });
    await expect(send({ b: 1 })).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
    await send({ a: 1 });
    await send({ a: 2 });
    expect(written()).toBe("a\n1\n2\n");
    await target.close();
  });

  it("tells that nobody reads any more, and does not end the process", async () => {
    const output = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })) });
    const { send, target } = await openStdout({ output });
    const failed = once(output, "error");
    await expect(send(1)).rejects.toMatchObject({ code: "PORTOLAN_FILE_FAILED", kind: "transient" });
    await failed;
    await target.close();
    expect(output.listenerCount("error")).toBe(0);
  });

  it("refuses a format that does not exist", async () => {
    await expect(openStdout({ format: "nope" })).rejects.toMatchObject({
      code: "PORTOLAN_CONFIG_INVALID",
      message: expect.stringMatching(/^there is no format "nope": expected one of json, ndjson, .* or [a-z0-9-]+$/),
    });
  });
});

it("the functions put their options under the connector's key", () => {
  expect(stdin({ format: "csv" })).toMatchObject({ stdio: { format: "csv" }, [CONNECTOR]: stdioConnector });
  expect(stdout()).toMatchObject({ stdio: {}, [CONNECTOR]: stdioConnector });
});

it("options have the same names in code as in flow files", () => {
  expectTypeOf<keyof StdinInput>().toEqualTypeOf<keyof StdinOptions>();
  expectTypeOf<keyof StdoutInput>().toEqualTypeOf<keyof StdoutOptions>();
  expect(Object.keys(stdioConnector.source?.options ?? {})).toEqual(["format", "input"]);
});

/** What a stream holds; each read takes one piece. */
function everything(output: PassThrough): string {
  let text = "";
  for (let piece: unknown = output.read(); piece !== null; piece = output.read()) text += String(piece);
  return text;
}

function lines(text: string): readonly unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);
}
