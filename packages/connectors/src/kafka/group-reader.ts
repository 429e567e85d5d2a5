import type { Format, SourceContext } from "@portolan/core";
import { keepRunning } from "../keep-running.ts";
import type { KafkaModule } from "./client.ts";
import { kafkaError } from "./kafka-error.ts";
import { joinGroup } from "./membership.ts";
import type { KafkaSourceOptions } from "./options.ts";
import { readSession } from "./session.ts";

export interface ReaderParts {
  readonly kafka: KafkaModule;
  readonly options: KafkaSourceOptions;
  readonly context: SourceContext;
  readonly format: Format;
}

/** Reads topics as a member of a group until `signal` is aborted, and joins again whenever something breaks. Resolves when all has ended. */
export function readGroup({ kafka, options, context, format }: ReaderParts, signal: AbortSignal): Promise<void> {
  const groupId = groupOf(options, context);
  return keepRunning({
    context,
    signal,
    doing: `reading ${options.topic.join(", ")}`,
    translate: kafkaError,
    async run(arrived) {
      const membership = await joinGroup(kafka, options, groupId);
      try {
        await readSession({ membership, groupId, options, context, format, signal, arrived });
      } finally {
        // The group learns of it by itself when the session is over.
        await membership.close().catch(() => undefined);
      }
    },
  });
}

/** A time to start at makes a group of its own, so that it happens once, however often the node starts. */
function groupOf({ group, startAt }: KafkaSourceOptions, { route }: Pick<SourceContext, "route">): string {
  return startAt === undefined ? (group ?? route) : `${group ?? route}@${startAt}`;
}
