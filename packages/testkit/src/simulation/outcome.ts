import type { Effect, StoredMessage } from "@portolan/core";
import type { End, World } from "./scenario.ts";

/** What the disk holds in the end, as checks ask for it. */
export interface Outcome {
  /** Bodies of everything that was ever sent into a channel, in order. */
  into(channel: string): readonly unknown[];
  messagesInto(channel: string): readonly StoredMessage[];
  /** Nothing may wait in these channels, nor in the inbox of a step. */
  expectEmpty(...channels: readonly string[]): void;
  /** No step may hold a row of state any more whose scope begins with one of these, but for rows that go by themselves. */
  expectNoRows(...scopes: readonly string[]): void;
  /** Keys of the rows of state of a scope that are still there. */
  rowsLeft(scope: string): readonly string[];
  /** Each of these names must occur so often. */
  expectTimes(what: string, found: readonly string[], times: ReadonlyMap<string, number>): void;
}

export function readOutcome(world: World, { effects, waiting }: End): Outcome {
  const messagesInto = (channel: string) =>
    effects.flatMap((effect) => (effect.kind === "append" && effect.channel === channel ? [effect.message] : []));
  return {
    messagesInto,
    into: (channel) => messagesInto(channel).map(({ body }) => body),
    expectEmpty(...channels) {
      for (const [channel, left] of waiting) {
        const isRead = channels.includes(channel) || channel.startsWith("route:");
        if (isRead && left > 0) world.violated(`${left} messages were left in ${channel}`);
      }
    },
    expectNoRows(...scopes) {
      for (const [row, goes] of rowsLeft(effects)) {
        if (!goes && scopes.some((scope) => row.startsWith(scope))) world.violated(`the row of state ${row} was left`);
      }
    },
    rowsLeft: (scope) =>
      [...rowsLeft(effects).keys()].filter((row) => row.startsWith(`${scope} `)).map((row) => row.slice(scope.length + 1)),
    expectTimes(what, found, times) {
      for (const name of new Set([...found, ...times.keys()])) {
        const count = found.filter((one) => one === name).length;
        const expected = times.get(name) ?? 0;
        if (count !== expected) world.violated(`${name} ${what} ${count} times, not ${expected}`);
      }
    },
  };
}

/** Rows that are still there, by scope and key; the value says whether they go by themselves. */
function rowsLeft(effects: readonly Effect[]): ReadonlyMap<string, boolean> {
  const rows = new Map<string, boolean>();
  for (const effect of effects) {
    if (effect.kind === "putState") rows.set(`${effect.scope} ${effect.key}`, effect.until !== undefined);
    if (effect.kind === "dropState") rows.delete(`${effect.scope} ${effect.key}`);
  }
  return rows;
}
