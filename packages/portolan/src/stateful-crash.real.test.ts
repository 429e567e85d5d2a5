import { setTimeout } from "node:timers/promises";
import { createSeededRandom } from "@portolan/testkit";
import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { runCommand, startReady } from "./command-process.test.support.ts";
import { BOOKINGS, GROUP_SIZE, STATEFUL_FLOW, bodiesIn, drawEntries, sendEntry, settle, type Entry } from "./stateful-app.test.support.ts";

const KILLS = 30;
const GROUPS = 60;
const SEED = 20180207;
const LONGEST_LIFE_MS = 400;
const SETTLED_MS = 60_000;

it(`comes to the outcome of an undisturbed run when it is killed ${KILLS} times in aggregations, resequencings and sagas`, async () => {
  const random = createSeededRandom(SEED);
  await using app = await createAppDirectory({ "ledger.flow.yaml": STATEFUL_FLOW });
  const inApp = { directory: app.path };
  const entries = drawEntries(GROUPS, () => random.next());
  const share = Math.ceil(entries.length / KILLS);

  let url: string | undefined;
  const sent: Promise<void>[] = [];
  const begun = { action: 0, undo: 0, group: 0 };
  const count = (output: string) => {
    for (const [, what] of output.matchAll(/"(action|undo|group) begins"/g)) begun[what as keyof typeof begun] += 1;
  };
  for (let kill = 0; kill < KILLS; kill++) {
    await using node = await startReady([], inApp);
    url = node.url;
    for (const entry of entries.slice(kill * share, (kill + 1) * share)) sent.push(sendEntry(entry, () => url));
    const lifeMs = random.next() * LONGEST_LIFE_MS;
    const ending = await Promise.race([setTimeout(lifeMs), node.ended]);
    if (ending !== undefined) throw new Error(`the node ended by itself with code ${ending.code}: ${node.stderr}`);
    url = undefined;
    count(node.stdout);
  }
  await using last = await startReady([], inApp);
  url = last.url;
  await Promise.all(sent);
  await settle(app.path, AbortSignal.timeout(SETTLED_MS));
  count(last.stdout);

  const idsIn = async (channel: string) => ((await bodiesIn(app.path, channel)) as readonly Entry[]).map(({ id }) => id);
  const ids = (list: readonly Entry[]) => list.map(({ id }) => id).toSorted();
  const accepted = entries.filter(({ refused }) => !refused);
  const refused = entries.filter((entry) => entry.refused);

  // Some kills must have come in the middle of each.
  expect(begun.action).toBeGreaterThan(BOOKINGS.length * entries.length);
  expect(begun.undo).toBeGreaterThan(BOOKINGS.length * refused.length);
  expect(begun.group).toBeGreaterThan(GROUPS);

  expect(await idsIn("ordered")).toEqual(entries.toSorted((a, b) => a.number - b.number).map(({ id }) => id));

  const groups = (await bodiesIn(app.path, "groups")) as readonly (readonly Entry[])[];
  expect(groups.map((group) => group.length)).toEqual(Array.from({ length: GROUPS }, () => GROUP_SIZE));
  expect(groups.filter((group) => new Set(group.map((entry) => entry.group)).size > 1)).toEqual([]);
  expect(ids(groups.flat())).toEqual(ids(entries));

  expect((await idsIn("booked")).toSorted()).toEqual(ids(accepted));
  expect((await idsIn("approved")).toSorted()).toEqual(ids(accepted));
  expect((await idsIn("dead")).toSorted()).toEqual(ids(refused));
  for (const name of BOOKINGS) {
    expect((await idsIn(`${name}.settled`)).toSorted()).toEqual(ids(accepted));
    expect((await idsIn(name)).toSorted()).toEqual(ids(entries));
    expect((await idsIn(`${name}.undone`)).toSorted()).toEqual(ids(refused));
  }
}, 240_000);

it("runs a saga of a durable channel's message in each round of a loop", async () => {
  await using app = await createAppDirectory({
    "rounds.flow.yaml": `
routes:
  take: { steps: [{ to: { channel: taken } }] }
  book:
    from: [{ channel: taken }]
    steps:
      - loop: { times: 2, steps: [{ saga: { actions: [{ id: debit, steps: [{ to: { channel: debit } }] }] } }] }
      - to: { channel: booked }`,
  });
  const { code } = await runCommand(["run", "rounds.flow.yaml", "--route", "take", "--store", ".portolan"], {
    directory: app.path,
    input: '{ "id": 1 }\n',
  });
  expect(code).toBe(0);
  const waiting = await runCommand(["channels", "ls", "--store", ".portolan"], { directory: app.path });
  expect(waiting.stdout).toMatch(/booked +1 /);
  expect(waiting.stdout).toMatch(/debit +2 /);
});
