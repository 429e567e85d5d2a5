import { PortolanError, type RunningSource, type SourceContext } from "@portolan/core";
import type { DoorOptions } from "./options.ts";
import { openDoor } from "./source.ts";
import { takeUnrouted } from "./unrouted.ts";

/** Opens doors that answer in the stead of routes, for the operations of a document that have none. */
export async function openMocks(options: DoorOptions, context: SourceContext): Promise<RunningSource> {
  const document = options.api ?? "";
  const doors: RunningSource[] = [];
  for (const operation of takeUnrouted(document, context.services)) {
    try {
      doors.push(await openDoor({ ...options, operation, mock: true }, context));
    } catch (error) {
      // The others are of use without it.
      if (!(error instanceof PortolanError) || error.code !== "PORTOLAN_CONFIG_INVALID") throw error;
      context.log.log("warn", "an operation is not mocked", { operation, of: document, why: error.message });
    }
  }
  return { close: async () => void (await Promise.all(doors.map((door) => door.close()))) };
}
