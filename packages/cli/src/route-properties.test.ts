import { PortolanError, type JournalEntry, type Message, type Store } from "@portolan/core";
import { createEngine, patterns, readApp } from "@portolan/engine";
import { createMemoryStore } from "@portolan/stores";
import { createFixedRandom, createRecordingLogger, createVirtualClock } from "@portolan/testkit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

type RawStep = Readonly<Record<string, unknown>>;

interface Body {
  readonly n: number;
  readonly trail: readonly string[];
}

/** What a random route saw while it ran. */
interface Seen {
  /** Every run of every marked step: `message id/step`. */
  readonly runs: string[];
}

/** A step that fails for some messages, some of the first times: which ones follows from the numbers alone. */
function failing(name: string, spec: { readonly modulus: number; readonly times: number; readonly kind: string }, seen: Seen): RawStep {
  const runs = new Map<string, number>();
  return {
    map: (m: Message<Body>) => {
      seen.runs.push(`${m.id}/${name}`);
      const run = (runs.get(m.id) ?? 0) + 1;
      runs.set(m.id, run);
      if (m.body.n % spec.modulus === 0 && run <= spec.times)
        throw new PortolanError(`TEST_${name}`, "scripted", { kind: spec.kind as "transient" });
      return { ...m.body, trail: [...m.body.trail, name] };
    },
  };
}

const kind = fc.constantFrom("transient", "invalid", "rejected", "defect");

/** Random lists of steps, at most three levels deep; `name` makes every marked step's name unique. */
function steps(seen: Seen, depth: number): fc.Arbitrary<readonly RawStep[]> {
  const leaf: fc.Arbitrary<RawStep> = fc.oneof(
    fc
      .record({ modulus: fc.integer({ min: 2, max: 5 }), times: fc.integer({ min: 1, max: 6 }), kind, name: fc.uuid() })
      .map((spec) => failing(spec.name, spec, seen)),
    fc.integer({ min: 2, max: 4 }).map((modulus): RawStep => ({ filter: { when: (m: Message<Body>) => m.body.n % modulus !== 1 } })),
    fc.constant<RawStep>({ to: { channel: "out" } }),
    fc.constant<RawStep>({ to: { channel: "quick" } }),
    fc.constantFrom<RawStep>(
      ...[{ channel: "out" }, { channel: "quick" }, { channel: "ordered" }, { route: "side" }, { address: () => "channel:out" }].map(
        (target) => ({
          wireTap: { target },
        }),
      ),
    ),
    fc.constant<RawStep>({ delay: { for: 5 } }),
    fc.constant<RawStep>({ map: (m: Message<Body>) => Promise.resolve(m.body) }),
  );
  if (depth === 0) return fc.array(leaf, { maxLength: 3 });
  const inner = steps(seen, depth - 1);
  const block: fc.Arbitrary<RawStep> = fc.oneof(
    fc
      .tuple(inner, inner)
      .map(([a, b]): RawStep => ({ choice: { when: [{ when: (m: Message<Body>) => m.body.n % 2 === 0, steps: a }], otherwise: b } })),
    fc.tuple(inner, inner).map(([a, b]): RawStep => ({ try: { steps: a, catch: [{ match: { kind: "rejected" }, steps: b }] } })),
    fc.tuple(inner, fc.constantFrom("fail", "skip", "stop"), fc.boolean()).map(([a, onPartFailure, parallel]): RawStep => ({
      split: { by: (m: Message<Body>) => [m.body, m.body], steps: a, onPartFailure, parallel },
    })),
    inner.map((a): RawStep => ({ loop: { times: 2, steps: a } })),
    inner.map((a): RawStep => ({ multicast: { branches: { a, b: [] }, parallel: true } })),
  );
  return fc.array(fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: block }), { maxLength: 4 });
}

const clause = fc.record(
  {
    match: fc.record({ kind }, { requiredKeys: [] }),
    retry: fc.record({ attempts: fc.integer({ min: 1, max: 4 }), delay: fc.constantFrom(0, 10) }),
    outcome: fc.constantFrom("fail", "handle", "continue", "deadLetter"),
  },
  { requiredKeys: ["match", "outcome"] },
);

function flow(seen: Seen): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc.record({ steps: steps(seen, 2), onError: fc.array(clause, { maxLength: 3 }) });
}

const byParity = (m: Message<Body>) => m.body.n % 2;

/** Every append to a channel, in the order of the commits, and how many messages were in it at most. */
function watchAppends(store: Store): { readonly store: Store; readonly appended: Map<string, string[]> } {
  const appended = new Map<string, string[]>();
  return {
    appended,
    store: {
      ...store,
      commit(effects, durability) {
        for (const effect of effects)
          if (effect.kind === "append") appended.set(effect.channel, [...(appended.get(effect.channel) ?? []), effect.message.id]);
        return store.commit(effects, durability);
      },
    },
  };
}

/** Runs the route on messages from a door, or from a channel that is durable or in memory, until nothing is left to do. */
async function run(route: Readonly<Record<string, unknown>>, count: number, input: "deliver" | "durable" | "memory") {
  const clock = createVirtualClock();
  const durable = createMemoryStore({ clock });
  const memory = watchAppends(createMemoryStore({ clock }));
  const mode = input === "memory" ? "memory" : "durable";
  const sideRoute = (from: readonly RawStep[], to: string) => ({ from, steps: [{ delay: { for: 1 } }, { to: { channel: to } }] });
  const tree = {
    channels: {
      in: { mode, orderedBy: byParity, concurrency: 3, maxAttempts: 2, capacity: 3 },
      quick: { mode: "memory", orderedBy: byParity, concurrency: 2, capacity: 2 },
      ordered: { orderedBy: byParity },
      out: {},
    },
    routes: {
      random: { ...route, from: input === "deliver" ? [] : [{ channel: "in" }] },
      side: sideRoute([], "sideEnded"),
      quick: sideRoute([{ channel: "quick" }], "quickEnded"),
    },
  };
  const app = readApp({ name: "random", flows: [], trees: [tree] }, { patterns, connectors: [], variables: () => undefined });
  const engine = createEngine({
    app,
    stores: { memory: memory.store, durable },
    clock,
    random: createFixedRandom(0.5),
    log: createRecordingLogger(),
    languages: [],
    contracts: { compile: () => ({ check: (body) => ({ body }) }) },
    services: { format: () => undefined, formatFor: () => undefined, directory: "." },
    journal: "all",
  });
  const journal: JournalEntry[] = [];
  // What goes on beside a message has entries of its own.
  engine.onJournal((entry) => {
    if (entry.route === "random" && !entry.via.startsWith("channel:route:")) journal.push(entry);
  });
  await engine.start();
  const ends = Array.from({ length: count }, (_, n) => {
    const incoming = { id: `m${n}`, body: { n, trail: [] } };
    if (input !== "deliver") return engine.send("in", incoming).then(() => "sent");
    return engine.deliver("random", incoming, { mode: "request" }).then(
      (result) => (result === undefined ? "nothing" : "result"),
      () => "error",
    );
  });
  await clock.run();
  const told = await Promise.all(ends);
  const dead = await durable.peek("dead", { limit: 1000 });
  const isRead = (name: string) => name === "in" || name === "quick" || name.startsWith("route:");
  const channels = [...(await durable.channels()), ...(await memory.store.channels())];
  const waiting = channels.filter(({ name }) => isRead(name)).reduce((sum, { waiting: left }) => sum + left, 0);
  const idsIn = async (channel: string) => (await durable.peek(channel, { limit: 10_000 })).map(({ message }) => message.id);
  const quick = { sent: memory.appended.get("quick") ?? [], ended: await idsIn("quickEnded") };
  await engine.stop();
  return { told, dead, waiting, journal, quick };
}

/** Of the message that a part came from. */
function parityOf(id: string): number {
  return Number(id.slice(1).split("-")[0]) % 2;
}

const COUNT = 6;
const PARAMETERS = { numRuns: 150 };

describe("a random route with random failures", () => {
  it("ends every message of a channel once: with a result, dropped, or in the dead letter", async () => {
    const seen: Seen = { runs: [] };
    await fc.assert(
      fc.asyncProperty(flow(seen), async (route) => {
        const { dead, waiting, journal } = await run(route, COUNT, "durable");
        const final = journal.filter(({ outcome }) => outcome !== "redelivered" && outcome !== "parked");
        expect(waiting).toBe(0);
        expect(final.map(({ messageId }) => messageId).toSorted()).toEqual(Array.from({ length: COUNT }, (_, n) => `m${n}`));
        const deadIds = dead.filter(({ message }) => !message.id.includes("-")).map(({ message }) => message.id);
        expect(deadIds.toSorted()).toEqual(
          final
            .filter(({ outcome }) => outcome === "deadLettered")
            .map(({ messageId }) => messageId)
            .toSorted(),
        );
      }),
      PARAMETERS,
    );
  });

  it("ends every message of a memory channel once, and all that it sends on, whatever the bounds", async () => {
    const seen: Seen = { runs: [] };
    await fc.assert(
      fc.asyncProperty(flow(seen), async (route) => {
        const { waiting, journal, quick } = await run(route, COUNT, "memory");
        const final = journal.filter(({ outcome }) => outcome !== "redelivered");
        expect(waiting).toBe(0);
        expect(final.map(({ messageId }) => messageId).toSorted()).toEqual(Array.from({ length: COUNT }, (_, n) => `m${n}`));
        expect(final.filter(({ outcome, error }) => outcome === "deadLettered" && error === undefined)).toEqual([]);
        expect(quick.ended.toSorted()).toEqual(quick.sent.toSorted());
      }),
      PARAMETERS,
    );
  });

  it("tells every sender how it ended", async () => {
    const seen: Seen = { runs: [] };
    await fc.assert(
      fc.asyncProperty(flow(seen), async (route) => {
        const { told, journal } = await run(route, COUNT, "deliver");
        const expected = journal.map(({ outcome }) =>
          outcome === "failed" || outcome === "deadLettered" ? "error" : outcome === "dropped" ? "nothing" : undefined,
        );
        expect(journal).toHaveLength(COUNT);
        expect(told.filter((end) => end === "error")).toHaveLength(expected.filter((end) => end === "error").length);
        expect(told.filter((end) => end === "result").length).toBeLessThanOrEqual(
          journal.filter(({ outcome }) => outcome === "done" || outcome === "handled").length,
        );
      }),
      PARAMETERS,
    );
  });

  it.each(["durable", "memory"] as const)("keeps the order of each key, from a %s channel and in memory beside it", async (input) => {
    const seen: Seen = { runs: [] };
    await fc.assert(
      fc.asyncProperty(flow(seen), async (route) => {
        const { journal, quick } = await run(route, COUNT, input);
        const final = journal.filter(({ outcome }) => outcome !== "redelivered").map(({ messageId }) => Number(messageId.slice(1)));
        for (const key of [0, 1]) {
          const ofKey = final.filter((n) => n % 2 === key);
          expect(ofKey).toEqual(ofKey.toSorted((a, b) => a - b));
          const isOfKey = (id: string) => parityOf(id) === key;
          expect(quick.ended.filter(isOfKey)).toEqual(quick.sent.filter(isOfKey));
        }
      }),
      PARAMETERS,
    );
  });

  it("never runs a step before the retried one twice", async () => {
    const attempts = fc.integer({ min: 2, max: 5 });
    const before = fc.integer({ min: 1, max: 4 });
    await fc.assert(
      fc.asyncProperty(attempts, before, async (most, count) => {
        const seen: Seen = { runs: [] };
        const never = { modulus: Number.MAX_SAFE_INTEGER, times: 0, kind: "transient" };
        const route = {
          onError: [{ match: { kind: "transient" }, retry: { attempts: most, delay: 1 }, outcome: "deadLetter" }],
          steps: [
            ...Array.from({ length: count }, (_, index) => failing(`before${index}`, never, seen)),
            failing("retried", { modulus: 1, times: most - 1, kind: "transient" }, seen),
          ],
        };
        await run(route, 1, "deliver");
        const runsOf = (name: string) => seen.runs.filter((one) => one.endsWith(`/${name}`)).length;
        for (let index = 0; index < count; index++) expect(runsOf(`before${index}`)).toBe(1);
        expect(runsOf("retried")).toBe(most);
      }),
      { numRuns: 50 },
    );
  });
});
