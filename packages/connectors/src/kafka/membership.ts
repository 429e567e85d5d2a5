import type { ClusterMetadata, ConnectionPool, Consumer } from "@platformatic/kafka";
import { clientSettings, type KafkaModule } from "./client.ts";
import type { KafkaSourceOptions } from "./options.ts";
import type { ReceivedRecord } from "./record.ts";

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Records of one partition, and the offset behind all that was looked at. */
export interface Fetched extends TopicPartition {
  readonly records: readonly ReceivedRecord[];
  readonly next: bigint;
}

/** From where a partition is read on. */
export interface Wanted extends TopicPartition {
  readonly from: bigint;
}

/** Membership in a consumer group, narrow enough for another client to stand behind it. */
export interface Membership {
  /** What the group has given to this member; undefined until it has decided. */
  assigned(): readonly TopicPartition[] | undefined;
  /** The id of a topic: one that was deleted and made again has another. */
  topicId(topic: string): Promise<string>;
  /** What the group has committed; undefined for a partition without. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly (bigint | undefined)[]>;
  /** The first or the next offset of a partition, or that of the first message from a time on. */
  offsetAt(partition: TopicPartition, at: "earliest" | "latest" | number): Promise<bigint>;
  /** The broker that a partition is fetched from. */
  brokerOf(partition: TopicPartition): Promise<number>;
  /** What there is at one broker; waits for something to be there. */
  fetch(broker: number, wanted: readonly Wanted[]): Promise<readonly Fetched[]>;
  commit(offsets: readonly { readonly topic: string; readonly partition: number; readonly offset: bigint }[]): Promise<void>;
  /** Rejects when the membership is over, with the reason. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

type FetchResponse = Awaited<ReturnType<Consumer["fetch"]>>;

/** The mark of a batch that is no message but the end of a transaction. */
const CONTROL = 0b10_0000;
const EARLIEST = -2n;
const LATEST = -1n;

/** Joins a group. Throws what the client throws if the cluster cannot be reached, or a topic is not there. */
export async function joinGroup(kafka: KafkaModule, options: KafkaSourceOptions, groupId: string): Promise<Membership> {
  const { topic: topics, sessionTimeout, rebalanceTimeout, maxFetch, maxWait, from } = options;
  const shared = { rebalanceTimeout: Math.max(rebalanceTimeout, sessionTimeout), autocommit: false };
  const protocol =
    options.groupProtocol === "consumer"
      ? { groupProtocol: kafka.GroupProtocols.CONSUMER }
      : { groupProtocol: kafka.GroupProtocols.CLASSIC, sessionTimeout, heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeout / 4)) };
  const isolationLevel = options.isolation === "committed" ? 1 : 0;
  const consumer: Consumer = new kafka.Consumer({
    ...clientSettings(options),
    ...shared,
    ...protocol,
    groupId,
    isolationLevel,
    minBytes: 1,
    maxBytes: 64 * 1024 ** 2,
    maxWaitTime: maxWait,
  });
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  try {
    await consumer.metadata({ topics: [...topics] });
    // Nobody reads this stream: it keeps the membership. Messages are fetched by ourselves, who know what is in process.
    const stream = await consumer.consume({ topics: [...topics], mode: "committed", fallbackMode: from });
    stream.on("error", reject);
    stream.on("close", () => reject(new Error("the membership in the consumer group has ended")));
    return membership({ consumer, topics, maxFetch, maxWait, isolationLevel, pool: stream.connections, failed });
  } catch (error) {
    await consumer.close(true).catch(() => undefined);
    throw error;
  }
}

interface Parts {
  readonly consumer: Consumer;
  readonly topics: readonly string[];
  readonly maxFetch: number;
  readonly maxWait: number;
  readonly isolationLevel: number;
  readonly pool: ConnectionPool;
  readonly failed: Promise<never>;
}

function membership({ consumer, topics, maxFetch, maxWait, isolationLevel, pool, failed }: Parts): Membership {
  const metadata = (): Promise<ClusterMetadata> => consumer.metadata({ topics: [...topics] });
  const topicOf = async (name: string) => {
    const topic = (await metadata()).topics.get(name);
    if (topic === undefined) throw new Error(`Kafka says nothing of the topic ${name}`);
    return topic;
  };
  return {
    failed,
    assigned: () =>
      consumer.assignments?.flatMap(({ topic, partitions }) => partitions.map((partition): TopicPartition => ({ topic, partition }))),
    topicId: async (topic) => (await topicOf(topic)).id,
    async committed(partitions) {
      const groups = Map.groupBy(partitions, ({ topic }) => topic);
      const asked = [...groups].map(([topic, all]) => ({ topic, partitions: all.map(({ partition }) => partition) }));
      const found = await consumer.listCommittedOffsets({ topics: asked });
      return partitions.map(({ topic, partition }) => {
        const offset = found.get(topic)?.[partition];
        return offset === undefined || offset < 0n ? undefined : offset;
      });
    },
    async offsetAt({ topic, partition }, at) {
      const list = async (timestamp: bigint) =>
        (await consumer.listOffsets({ topics: [topic], partitions: { [topic]: [partition] }, timestamp })).get(topic)?.[partition];
      const timestamp = at === "earliest" ? EARLIEST : at === "latest" ? LATEST : BigInt(at);
      const offset = await list(timestamp);
      // There is nothing from that time on: the end.
      return offset === undefined || offset < 0n ? ((await list(LATEST)) ?? 0n) : offset;
    },
    async brokerOf({ topic, partition }) {
      return (await topicOf(topic)).partitions[partition]?.leader ?? -1;
    },
    async fetch(broker, wanted) {
      const ids = new Map<string, string>();
      const grouped = await Promise.all(
        [...Map.groupBy(wanted, ({ topic }) => topic)].map(async ([name, all]) => {
          const { id } = await topicOf(name);
          ids.set(id, name);
          return { topicId: id, partitions: all.map(({ partition, from }) => request(partition, from, maxFetch)) };
        }),
      );
      const response = await consumer.fetch({
        node: broker,
        topics: grouped,
        minBytes: 1,
        maxBytes: 64 * 1024 ** 2,
        maxWaitTime: maxWait,
        isolationLevel,
        connectionPool: pool,
      });
      const from = new Map(wanted.map(({ topic, partition, from: start }) => [`${topic}:${partition}`, start]));
      return readResponse(response, ids, from);
    },
    commit: (offsets) => consumer.commit({ offsets: offsets.map((offset) => ({ ...offset, leaderEpoch: -1 })) }),
    close: () => consumer.close(true),
  };
}

function request(partition: number, fetchOffset: bigint, partitionMaxBytes: number) {
  return { partition, fetchOffset, partitionMaxBytes, currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
}

/** A batch begins where it was written, which may be before what was asked for. */
function readResponse(response: FetchResponse, topics: ReadonlyMap<string, string>, from: ReadonlyMap<string, bigint>): readonly Fetched[] {
  return response.responses.flatMap(({ topicId, partitions }) => {
    const topic = topics.get(topicId);
    if (topic === undefined) return [];
    return partitions.flatMap(({ partitionIndex: partition, records: batches }) => {
      const start = from.get(`${topic}:${partition}`);
      if (start === undefined || !batches || batches.length === 0) return [];
      const records: ReceivedRecord[] = [];
      let next = start;
      for (const batch of batches) {
        const end = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
        if (end > next) next = end;
        if ((batch.attributes & CONTROL) !== 0) continue;
        for (const { key, value, headers, offsetDelta, timestampDelta } of batch.records) {
          const offset = batch.firstOffset + BigInt(offsetDelta);
          if (offset < start) continue;
          records.push({ topic, partition, offset, timestamp: Number(batch.firstTimestamp + timestampDelta), key, value, headers });
        }
      }
      return [{ topic, partition, records, next }];
    });
  });
}
