import { isDeepStrictEqual } from "node:util";
import { type Effect, PortolanError, type SetPositionEffect } from "@portolan/core";

/** Throws PORTOLAN_CONFLICT if the effect expects another position than the one found. An expected undefined means: none yet. */
export function checkPosition(effect: Pick<SetPositionEffect, "name" | "expected">, found: unknown): void {
  if (!("expected" in effect) || isDeepStrictEqual(found ?? null, effect.expected ?? null)) return;
  const message = `position "${effect.name}" was expected to be ${text(effect.expected)} and is ${text(found)}`;
  throw new PortolanError("PORTOLAN_CONFLICT", message, {
    hint: "Read the position again and go on from there: this piece of work was done by somebody else.",
  });
}

/** Whether somebody has to learn of the outcome, however little its durability matters. */
export function mayConflict(effects: readonly Effect[]): boolean {
  return effects.some(
    (effect) =>
      (effect.kind === "setPosition" && "expected" in effect) ||
      (effect.kind === "settle" && effect.inTurn === true) ||
      effect.kind === "appendStaged" ||
      effect.kind === "putState" ||
      effect.kind === "dropState",
  );
}

function text(value: unknown): string {
  return value === undefined || value === null ? "none" : JSON.stringify(value);
}
