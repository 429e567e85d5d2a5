import { app, channel, route } from "portolan";
import { file } from "portolan/file";
import { testApp } from "portolan/testing";
import { expect, it } from "vitest";

const rows = channel("rows");
const streams = file.watch<number>({ directory: "in", stream: true });

/** Numbers that count how many of them were asked for. */
function numbers(size: number): { readonly stream: AsyncIterable<number>; asked(): number } {
  let asked = 0;
  return {
    stream: (async function* () {
      while (asked < size) yield (asked += 1);
    })(),
    asked: () => asked,
  };
}

it("splits a stream part by part, and reads no further than there is room for", async () => {
  const { stream, asked } = numbers(20);
  const ahead: number[] = [];
  const load = route("load")
    .from(streams)
    .split(
      (m) => m.body,
      (r) =>
        r.map(async (m) => {
          ahead.push(asked() - m.body);
          await Promise.resolve();
          return m.body;
        }),
      { parallel: true, concurrency: 3 },
    );
  await using bench = testApp(app("load", { routes: [load] }));
  await bench.request(load, stream);
  expect(ahead).toHaveLength(20);
  // Those that run, and the one that tells whether the one before is the last.
  expect(Math.max(...ahead)).toBeLessThanOrEqual(3);
});

it("closes a stream that it does not read to its end", async () => {
  let isClosed = false;
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let number = 0; ; number++) yield number;
    } finally {
      isClosed = true;
    }
  }
  const load = route("load")
    .from(streams)
    .split(
      (m) => m.body,
      (r) =>
        r.map((m) => {
          if (m.body === 3) throw new Error("no more");
          return m.body;
        }),
      { onPartFailure: "stop" },
    );
  await using bench = testApp(app("load", { routes: [load] }));
  await expect(bench.request(load, endless())).rejects.toMatchObject({ code: "PORTOLAN_PARTS_FAILED" });
  expect(isClosed).toBe(true);
});

const twice = route("twice")
  .from(streams)
  .multicast({
    first: (r) =>
      r.split(
        (m) => m.body,
        (part) => part.to(rows),
      ),
    second: (r) =>
      r.split(
        (m) => m.body,
        (part) => part.to(rows),
      ),
  });

it("gives each branch the whole of a stream that starts anew", async () => {
  await using bench = testApp(app("twice", { routes: [twice] }));
  await bench.request(twice, { [Symbol.asyncIterator]: () => numbers(3).stream[Symbol.asyncIterator]() });
  expect(bench.committed(rows).map(({ body }) => body)).toEqual([1, 2, 3, 1, 2, 3]);
});

it("gives each branch the whole of a stream that can be read only once, and reads it once", async () => {
  await using bench = testApp(app("twice", { routes: [twice] }));
  const { stream, asked } = numbers(3);
  await bench.request(twice, stream);
  expect(bench.committed(rows).map(({ body }) => body)).toEqual([1, 2, 3, 1, 2, 3]);
  expect(asked()).toBe(3);
});

it("took a stream that had been read before for an empty one", async () => {
  const again = route("again")
    .from(streams)
    .split(
      (m) => m.body,
      (part) => part.to(rows),
    )
    .split(
      (m) => m.body,
      (part) => part.to(rows),
    );
  await using bench = testApp(app("again", { routes: [again] }));
  await expect(bench.request(again, numbers(3).stream)).rejects.toMatchObject({ code: "PORTOLAN_STREAM_READ" });
  expect(bench.committed(rows)).toEqual([]);
});
