import { app, channel, route } from "portolan";
import { file } from "portolan/file";
import { testApp } from "portolan/testing";
import { expect, it } from "vitest";

const PRICES = "file:watch prices/*.json";
const jobs = channel("jobs");
const priced = channel("priced");
const work = route("work")
  .from(jobs)
  .pollEnrich(file.watch<number>({ directory: "prices", include: "*.json" }), {
    timeout: "1m",
    combine: (job, price) => ({ job, price: price.body, from: price.headers["file-name"] }),
  })
  .delay("5s")
  .to(priced);
const pricing = app("pricing", { routes: [work], channels: [jobs, priced] });

it("a step that polls a source gets what the test offers, in order, also when it is offered later", async () => {
  await using bench = testApp(pricing);
  bench.offer(PRICES, 10, { headers: { "file-name": "1.json" } });
  await bench.send(jobs, "a");
  await bench.settle();
  await bench.send(jobs, "b");
  await bench.advance("30s");
  bench.offer("file", 20);
  await bench.settle();
  expect(bench.committed(priced).map(({ body, at }) => [body, at])).toEqual([
    [{ job: "a", price: 10, from: "1.json" }, 5_000],
    [{ job: "b", price: 20 }, 40_000],
  ]);
});

it("what was polled is back when the node crashes before the commit", async () => {
  await using bench = testApp(pricing);
  bench.offer(PRICES, 10);
  await bench.send(jobs, "a");
  await bench.advance("1s");
  await bench.crash();
  await bench.settle();
  expect(bench.committed(priced).map(({ body }) => body)).toEqual([{ job: "a", price: 10 }]);
});

it("a source that no step polls is refused with those that some do", async () => {
  await using bench = testApp(pricing);
  await bench.settle();
  expect(() => bench.offer("file:watch costs/*.json", 1)).toThrow(
    expect.objectContaining({ code: "PORTOLAN_ADDRESS_UNKNOWN", hint: `did you mean "${PRICES}"?` }),
  );
});
