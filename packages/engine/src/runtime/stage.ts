import type { ChannelDefinition, StagedAppend, Store } from "@portolan/core";
import type { EffectList, PendingAppend } from "./unit-of-work.ts";

/** Keeps what the parts of a stream send to durable channels out of memory until it is committed. */
export interface Stage {
  /** To be called whenever the list has grown; a promise while much of it is on its way to the store. */
  relieve(): Promise<void> | undefined;
  /** The parts have ended: what is left follows what was staged before. */
  finish(): Promise<void> | undefined;
}

export interface StageParts {
  readonly store: Store;
  channel(name: string): ChannelDefinition | undefined;
  ids(): string;
}

/** So many effects are kept in memory: enough for a batch that costs the store little. */
const BATCH = 1000;

/** Everything that the list holds now stays where it is. */
export function createStage(list: EffectList, { store, channel, ids }: StageParts): Stage {
  const mark = list.mark();
  let name: string | undefined;
  let staged = list.size;

  const isDurable = (append: PendingAppend) => channel(append.channel)?.mode !== "memory";

  const stagedAppend = (append: PendingAppend, order: number): StagedAppend => ({
    channel: append.channel,
    message: append.message,
    key: append.key,
    priority: append.priority,
    delayMs: append.delayMs,
    ttlMs: channel(append.channel)?.ttl,
    order,
  });

  /** Its place among the effects is that of the first append; rolling back to before it drops it. */
  const begin = (): string => {
    const stage = ids();
    const drop = () => store.unstage(stage);
    list.unit.listen({ ended: (committed) => (committed ? undefined : drop()) });
    list.add({ kind: "appendStaged", stage }, { undo: drop });
    return stage;
  };

  const move = async (): Promise<void> => {
    const appends = list.takeAppends(mark, isDurable).map(({ append, order }) => stagedAppend(append, order));
    if (appends.length > 0) await store.stage((name ??= begin()), appends);
    staged = list.size;
  };

  return {
    relieve: () => (list.size - staged < BATCH ? undefined : move()),
    finish: () => (name === undefined ? undefined : move()),
  };
}
