import type { RunningSource, SourceContext, SourceDefinition } from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import { brokerList, loadKafka } from "./client.ts";
import { readGroup } from "./group-reader.ts";
import { type KafkaSourceOptions, kafkaSourceOptions } from "./options.ts";

export const kafkaSource: SourceDefinition<typeof kafkaSourceOptions> = {
  summary: "Reads topics as a member of a consumer group.",
  options: kafkaSourceOptions,
  replies: false,
  describe: ({ topic, brokers }) => `read ${topic.join(",")} of ${brokers.join(",")}`,
  check({ startAt }) {
    if (startAt === undefined || !Number.isNaN(Date.parse(startAt))) return [];
    return [`\`startAt\` is a time such as 2026-11-01T00:00:00Z, found ${JSON.stringify(startAt)}`];
  },
  open: openKafkaSource,
};

async function openKafkaSource(options: KafkaSourceOptions, context: SourceContext): Promise<RunningSource> {
  brokerList(options.brokers);
  const kafka = await loadKafka();
  const format = chosenFormat(options.format, context.services);
  const stopping = new AbortController();
  const reading = readGroup({ kafka, options, context, format }, stopping.signal);
  return {
    async close() {
      stopping.abort();
      await reading;
    },
  };
}
