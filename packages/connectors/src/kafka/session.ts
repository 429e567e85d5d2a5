import type { Format, SourceContext } from "@portolan/core";
import { deliverPersistently } from "../persistent-delivery.ts";
import { apiNames, kafkaError } from "./kafka-error.ts";
import { createPermits, shortHash } from "./lanes.ts";
import type { Membership, TopicPartition } from "./membership.ts";
import type { KafkaSourceOptions } from "./options.ts";
import { createPartition, type Handled, laneNumbers, type Partition } from "./partition.ts";
import { messageOf, type ReceivedRecord } from "./record.ts";

/** How often is looked at what the group has assigned, even if nothing happens. */
const LOOK_MS = 200;

export interface SessionParts {
  readonly membership: Membership;
  readonly groupId: string;
  readonly options: KafkaSourceOptions;
  readonly context: SourceContext;
  readonly format: Format;
  readonly signal: AbortSignal;
  /** Something was fetched: the connection is good. */
  readonly arrived: () => void;
}

interface Assigned extends TopicPartition {
  readonly state: Partition;
  /** What Kafka has been told. */
  committed: bigint;
}

/** Reads as long as the membership lasts or until the signal is aborted; then waits for what is in process and tells Kafka how far it came. */
export async function readSession(parts: SessionParts): Promise<void> {
  const { membership, options, context, signal } = parts;
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const bell = createBell();
  const assigned = new Map<string, Assigned>();
  const permits = createPermits(options.concurrency);
  const fetching = new Set<number>();

  const open = async (one: TopicPartition, start: bigint): Promise<Assigned> => {
    const lanes = await openLanes(one, parts);
    const state = createPartition({
      start,
      order: options.order,
      permits,
      ended: bell.ring,
      taken: () => fail(new Error(`another node has committed messages of ${one.topic}, partition ${one.partition}`)),
      handle: (record, number) => handle(record, lanes[number], parts),
    });
    return { topic: one.topic, partition: one.partition, state, committed: start };
  };

  /** Takes up what the group has given to this member, and lays down what it has taken away. */
  const assign = async (): Promise<void> => {
    const given = membership.assigned() ?? [];
    const keys = new Set(given.map(keyOf));
    for (const [key, { state }] of assigned) {
      if (keys.has(key)) continue;
      state.drop();
      assigned.delete(key);
    }
    const added = given.filter((one) => !assigned.has(keyOf(one)));
    if (added.length === 0) return;
    const starts = await startsOf(added, parts);
    const opened = await Promise.all(added.map((one, index) => open(one, starts[index] ?? 0n)));
    for (const one of opened) assigned.set(keyOf(one), one);
  };

  const fetch = async (broker: number, wanted: readonly Assigned[]): Promise<void> => {
    try {
      const fetched = await membership.fetch(
        broker,
        wanted.map(({ topic, partition, state }) => ({ topic, partition, from: state.fetchFrom })),
      );
      parts.arrived();
      for (const { records, next, ...where } of fetched) {
        const one = wanted.find((asked) => keyOf(asked) === keyOf(where));
        // Taken away meanwhile, or given anew from another place.
        if (one === undefined || assigned.get(keyOf(where)) !== one) continue;
        for (const record of records) one.state.accept(record);
        one.state.fetchFrom = next;
        one.state.passed(next);
      }
    } catch (error) {
      if (!apiNames(error).includes("OFFSET_OUT_OF_RANGE")) throw error;
      for (const one of wanted) await beginAnew(one);
    }
  };

  /** What was to be read next may have been deleted, by age or size. */
  const beginAnew = async (one: Assigned): Promise<void> => {
    const [first, last] = await Promise.all([membership.offsetAt(one, "earliest"), membership.offsetAt(one, "latest")]);
    const from = one.state.fetchFrom;
    if (from >= first && from <= last) return;
    const start = options.from === "earliest" ? first : last;
    const where = { source: context.name, topic: one.topic, partition: one.partition, from: String(from), to: String(start) };
    context.log.log("error", "messages were deleted before they were read", where);
    one.state.drop();
    assigned.set(keyOf(one), await open(one, start));
  };

  const startFetches = async (): Promise<void> => {
    const hungry = [...assigned.values()].filter(({ state }) => state.progress.open < options.maxPending);
    const brokers = await Promise.all(hungry.map((one) => membership.brokerOf(one)));
    for (const [broker, wanted] of Map.groupBy(hungry, (one) => brokers[hungry.indexOf(one)] ?? -1)) {
      if (fetching.has(broker)) continue;
      fetching.add(broker);
      fetch(broker, wanted)
        .catch(fail)
        .finally(() => {
          fetching.delete(broker);
          bell.ring();
        });
    }
  };

  const commit = async (): Promise<void> => {
    const ahead = [...assigned.values()].filter(({ state, committed }) => state.progress.next > committed);
    if (ahead.length === 0) return;
    const offsets = ahead.map(({ topic, partition, state }) => ({ topic, partition, offset: state.progress.next }));
    await membership.commit(offsets);
    for (const [index, one] of ahead.entries()) one.committed = offsets[index]?.offset ?? one.committed;
  };

  const read = async (): Promise<void> => {
    let committedAt = context.clock.now();
    while (!signal.aborted) {
      await assign();
      await startFetches();
      await bell.wait(LOOK_MS, context);
      if (context.clock.now() - committedAt < options.commitInterval) continue;
      committedAt = context.clock.now();
      // A commit that fails leaves what is done to be told with the next one; a group that has changed says so by itself.
      await commit().catch((error: unknown) => tellCommit(context, error));
    }
  };

  const stop = () => bell.ring();
  signal.addEventListener("abort", stop);
  try {
    await Promise.race([read(), broken, membership.failed]);
  } finally {
    signal.removeEventListener("abort", stop);
    const all = [...assigned.values()];
    for (const { state } of all) state.drop();
    await Promise.all(all.map(({ state }) => state.idle()));
    await commit().catch((error: unknown) => tellCommit(context, error));
  }
}

interface Lane {
  readonly name: string;
  /** The offset of the last message of the lane that is committed in the store. */
  position: number | undefined;
}

/** How far the store says that each lane has come. */
async function openLanes(one: TopicPartition, { membership, groupId, options, context }: SessionParts): Promise<readonly Lane[]> {
  if (options.delivery === "atLeastOnce") return [];
  const base = `kafka/${groupId}/${one.topic}/${shortHash(await membership.topicId(one.topic))}/${one.partition}/${options.order}`;
  return Promise.all(
    laneNumbers(options.order).map(async (number) => {
      const name = `${base}/${number}`;
      const stored = await context.position(name);
      return { name, position: typeof stored === "number" ? stored : undefined };
    }),
  );
}

async function handle(record: ReceivedRecord, lane: Lane | undefined, { context, format, signal }: SessionParts): Promise<Handled> {
  const offset = Number(record.offset);
  // Its commit reached the store, and Kafka was not told.
  if (lane?.position !== undefined && lane.position >= offset) return "ended";
  const { incoming, unreadable } = messageOf(record, format);
  const position = lane === undefined ? undefined : { name: lane.name, value: offset, expected: lane.position };
  const outcome = await deliverPersistently(context, incoming, { signal, position, unreadable });
  if (outcome === "committed" && lane !== undefined) lane.position = offset;
  return outcome === "committed" ? "ended" : outcome === "conflict" ? "taken" : "stopped";
}

/** Where each partition is read on. Where it is begun for the first time is told to Kafka at once, so that it stays so. */
async function startsOf(partitions: readonly TopicPartition[], { membership, options }: SessionParts): Promise<readonly bigint[]> {
  const committed = await membership.committed(partitions);
  const at = options.startAt === undefined ? options.from : Date.parse(options.startAt);
  const begun = await Promise.all(
    partitions.map(async ({ topic, partition }, index) => {
      const offset = committed[index];
      if (offset !== undefined) return { topic, partition, offset, isNew: false };
      return { topic, partition, offset: await membership.offsetAt({ topic, partition }, at), isNew: true };
    }),
  );
  const first = begun.filter(({ isNew }) => isNew);
  if (first.length > 0) await membership.commit(first.map(({ topic, partition, offset }) => ({ topic, partition, offset })));
  return begun.map(({ offset }) => offset);
}

function tellCommit({ log, name }: SourceContext, thrown: unknown): void {
  const error = kafkaError("telling Kafka how far the group is", thrown);
  log.log("warn", "the offsets could not be committed to Kafka, and are with the next ones", {
    source: name,
    code: error.code,
    error: error.message,
  });
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}:${partition}`;
}

/** Wakes the one who waits; a ring that nobody waits for is not lost. */
function createBell() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    async wait(longestMs: number, { clock }: Pick<SourceContext, "clock">): Promise<void> {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = clock.after(longestMs, resolve);
        await promise;
        timer.cancel();
        wake = undefined;
      }
      rung = false;
    },
  };
}
