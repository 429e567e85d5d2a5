import type { Format, SourceContext } from "@portolan/core";
import { pause } from "../persistent-delivery.ts";
import type { KafkaModule } from "./client.ts";
import { kafkaError } from "./kafka-error.ts";
import { joinGroup } from "./membership.ts";
import type { KafkaSourceOptions } from "./options.ts";
import { readSession } from "./session.ts";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;

export interface ReaderParts {
  readonly kafka: KafkaModule;
  readonly options: KafkaSourceOptions;
  readonly context: SourceContext;
  readonly format: Format;
}

/** Reads topics as a member of a group until `signal` is aborted, and joins again whenever something breaks. Resolves when all has ended. */
export async function readGroup({ kafka, options, context, format }: ReaderParts, signal: AbortSignal): Promise<void> {
  const groupId = groupOf(options, context);
  let failures = 0;
  const arrived = () => {
    failures = 0;
  };
  while (!signal.aborted) {
    try {
      const membership = await joinGroup(kafka, options, groupId);
      try {
        await readSession({ membership, groupId, options, context, format, signal, arrived });
      } finally {
        await membership.close().catch((error: unknown) => tell(context, kafkaError("leaving the group", error)));
      }
    } catch (thrown) {
      if (signal.aborted) return;
      failures += 1;
      const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
      const delayMs = Math.ceil(longest * (0.5 + context.random.next() / 2));
      tell(context, kafkaError(`reading ${options.topic.join(", ")}`, thrown), { delayMs });
      await pause(context, delayMs, signal);
    }
  }
}

/** A time to start at makes a group of its own, so that it happens once, however often the node starts. */
function groupOf({ group, startAt }: KafkaSourceOptions, { route }: Pick<SourceContext, "route">): string {
  return startAt === undefined ? (group ?? route) : `${group ?? route}@${startAt}`;
}

function tell({ log, name }: SourceContext, error: ReturnType<typeof kafkaError>, more: object = {}): void {
  log.log("warn", "Kafka cannot be read and is asked again", {
    source: name,
    code: error.code,
    error: error.message,
    hint: error.hint,
    ...more,
  });
}
