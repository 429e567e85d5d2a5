import type { AppendEffect, Clock, Effect, StagedAppend } from "@portolan/core";
import { noStageError } from "../staged.ts";

/** Appends of units of work that are not committed yet. */
export interface Stages {
  add(stage: string, appends: readonly StagedAppend[]): void;
  drop(stage: string): void;
  /** The effects of a commit with what it names of these; throws PORTOLAN_CONFLICT if there is none. */
  expand(effects: readonly Effect[], clock: Clock): readonly Effect[];
}

export function createStages(): Stages {
  const stages = new Map<string, StagedAppend[]>();

  function take(stage: string, now: number): readonly AppendEffect[] {
    const staged = stages.get(stage);
    if (staged === undefined) throw noStageError(stage);
    stages.delete(stage);
    return staged.toSorted((a, b) => a.order - b.order).map((one) => appendOf(one, now));
  }

  return {
    add(stage, appends) {
      stages.set(stage, [...(stages.get(stage) ?? []), ...appends]);
    },
    drop: (stage) => void stages.delete(stage),
    expand(effects, clock) {
      if (!effects.some(({ kind }) => kind === "appendStaged")) return effects;
      const now = clock.now();
      return effects.flatMap((effect): readonly Effect[] => (effect.kind === "appendStaged" ? take(effect.stage, now) : [effect]));
    },
  };
}

function appendOf({ channel, message, key, priority, delayMs = 0, ttlMs }: StagedAppend, now: number): AppendEffect {
  return {
    kind: "append",
    channel,
    message,
    key,
    priority,
    due: delayMs > 0 ? now + delayMs : undefined,
    expiresAt: ttlMs === undefined ? undefined : now + ttlMs,
  };
}
