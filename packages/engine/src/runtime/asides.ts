import type { Message, StoredMessage } from "@portolan/core";
import { storableAttributes } from "./claim-checks.ts";
import { isStream } from "./streams.ts";
import type { PendingAppend, UnitOfWork } from "./unit-of-work.ts";

/** Copies of one step, or completions of one route, that are on their way at once and lie in no store. */
export const MOST_ON_THE_SIDE = 1000;

/** Whether work on a message can wait in the store for the end of a unit of work. */
export function takesAside(unit: UnitOfWork, message: Message): boolean {
  return !unit.isOver && !isStream(message.body);
}

export function inboxAppend(channel: string, message: Message): PendingAppend {
  return { kind: "pendingAppend", channel, message: storedWhole(message) };
}

function storedWhole(message: Message): StoredMessage {
  return { id: message.id, body: message.body, headers: message.headers, attributes: storableAttributes(message) };
}
