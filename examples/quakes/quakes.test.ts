import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ledgerFile, settled, takeAccounts } from "./accounts.ts";
import { dropFeed, type Feed, latestOf, poisonOf, readFeed } from "./feed.ts";
import { askStore, startNodeProcess } from "./node-process.ts";
import { classOf, regionOf } from "./quake.ts";
import { startReceiver } from "./receiver.ts";

/** For machines that have other things to do. */
const LIMIT_MS = 60_000;

it(
  "delivers every earthquake of a feed that comes twice once, archives it, answers for it, and says what became of the others",
  async () => {
    const feed = latestOf(readFeed(), 80);
    await using stage = await openStage({ feed, unavailable: 0.1, silent: 0.02 });
    const { data, receiver, node } = stage;
    dropFeed(data, "first", feed);
    dropFeed(data, "again", feed);
    const url = await node.ready;
    await expect.poll(() => receiver.distinct, { timeout: LIMIT_MS }).toBe(76);
    await settled(data, receiver, AbortSignal.timeout(LIMIT_MS));

    const { faults, received, archived, strong, deadLetters } = await takeAccounts(data, feed, url);
    expect(faults).toEqual([]);
    expect(receiver.requests.unavailable).toBeGreaterThan(0);
    expect(deadLetters.filter(({ route }) => route === "classify").map(({ reason }) => reason)).toEqual(
      Array(3).fill('PORTOLAN_CONTRACT_FAILED: input contract: properties.type is "explosion", expected "earthquake"'),
    );
    expect(deadLetters.filter(({ route }) => route === "deliver")).toMatchObject([{ id: poisonOf(feed) }]);
    expect([deadLetters.length, received.size, archived.size, strong.size]).toEqual([4, 76, 77, 1]);

    expect(await answerOf(`${url}/quakes?minMagnitude=6`)).toMatchObject([
      { id: "us1000chhc", magnitude: 6.4, class: "strong", region: "Taiwan" },
    ]);
    expect(await answerOf(`${url}/quakes/us1000chhc`)).toMatchObject({ place: "22km NNE of Hualian, Taiwan" });
    expect(await answerOf(`${url}/quakes/nothing`)).toEqual({ title: "There is no such quake.", status: 404 });
    expect((await fetch(`${url}/quakes?minMagnitude=much`)).status).toBe(400);
  },
  LIMIT_MS,
);

it(
  "delivers a dead letter that is sent back once the receiver accepts it, and answers the same after a restart",
  async () => {
    const feed = latestOf(readFeed(), 20);
    await using stage = await openStage({ feed, unavailable: 0, silent: 0 });
    const { data, receiver, node } = stage;
    dropFeed(data, "feed", feed);
    await expect.poll(() => [receiver.distinct, receiver.requests.refused], { timeout: LIMIT_MS }).toEqual([19, 1]);
    await node.stop();

    await fetch(`http://${receiver.address}/poison`, { method: "DELETE" });
    expect(await askStore(data, "channels", "redrive", "dead", "--all")).toEqual([{ channel: "dead", redriven: 1 }]);
    await using next = startNodeProcess({ data, receiver: receiver.address });
    const url = await next.ready;
    await expect.poll(() => receiver.distinct, { timeout: LIMIT_MS }).toBe(20);
    expect(receiver.requests).toMatchObject({ accepted: 20, again: 0 });
    // What is archived is a route of its own, which may still be at it.
    await expect.poll(() => answerOf(`${url}/quakes`), { timeout: LIMIT_MS }).toHaveLength(20);
  },
  LIMIT_MS,
);

it("names regions in one way, and classes from their least magnitude on", () => {
  const places = ["4km W of Castaic, CA", "11km NE of Big Pine, California", "Reykjanes Ridge"];
  expect(places.map(regionOf)).toEqual(["California", "California", "Reykjanes Ridge"]);
  const magnitudes = [-0.8, 1.99, 2, 4, 5.9, 6, 8];
  expect(magnitudes.map(classOf)).toEqual(["micro", "micro", "minor", "light", "moderate", "strong", "great"]);
});

async function answerOf(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

async function openStage({ feed, ...failures }: { readonly feed: Feed; readonly unavailable: number; readonly silent: number }) {
  const data = mkdtempSync(join(tmpdir(), "quakes-"));
  const receiver = await startReceiver({ ledger: ledgerFile(data), seed: 1, poison: poisonOf(feed), ...failures });
  const node = startNodeProcess({ data, receiver: receiver.address });
  return {
    data,
    receiver,
    node,
    async [Symbol.asyncDispose]() {
      await node.kill();
      await receiver[Symbol.asyncDispose]();
      rmSync(data, { recursive: true });
    },
  };
}
