import type { AppendEffect, Message } from "@portolan/core";
import type { VirtualClock } from "../clock/virtual-clock.ts";

/** A message as a recorder, a target or a channel got it, and when. */
export interface SeenMessage<Body = unknown> {
  readonly id: string;
  readonly body: Body;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The virtual time in ms. */
  readonly at: number;
}

/** Messages seen at named places. */
export interface Sightings {
  add(name: string, message: Message): void;
  get(name: string): readonly SeenMessage[] | undefined;
}

export function createSightings(clock: VirtualClock): Sightings {
  const byName = new Map<string, SeenMessage[]>();
  return {
    get: (name) => byName.get(name),
    add(name, { id, body, headers, attributes }) {
      const list = byName.get(name) ?? [];
      if (list.length === 0) byName.set(name, list);
      list.push({ id, body: body ?? null, headers, attributes, at: clock.now() });
    },
  };
}

/** A message as a channel keeps it: of the attributes only the dead letter. */
export function appendedMessage({ message }: AppendEffect): Message {
  const { id, body, headers, deadLetter } = message;
  return { id, body, headers, attributes: deadLetter === undefined ? {} : { deadLetter } };
}
