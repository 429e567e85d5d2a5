import { type Effect, PortolanError, type PutStateEffect } from "@portolan/core";

/** What a commit expects of a row of state. */
export interface VersionExpectation {
  readonly scope: string;
  readonly key: string;
  readonly expected: number;
}

/** Throws PORTOLAN_CONFLICT if a row of state has another version than an effect expects; 0 says that there is no such row. */
export function checkVersion({ scope, key, expected }: VersionExpectation, found: number): void {
  if (expected === found) return;
  const message = `row "${key}" of state "${scope}" was expected to be ${text(expected)} and is ${text(found)}`;
  throw new PortolanError("PORTOLAN_CONFLICT", message, {
    hint: "Read the row again and go on from there: somebody else has changed it.",
  });
}

/** The version that a row is written with. */
export function newVersion({ version, expected }: Pick<PutStateEffect, "version" | "expected">): number {
  return version ?? expected + 1;
}

/** The version of a row once an effect is made, for the effects of the same commit that follow. */
export function versionAfter(
  effect: Extract<Effect, { readonly kind: "putState" | "dropState" }>,
  { now }: { readonly now: () => number },
): number {
  if (effect.kind === "dropState") return 0;
  return effect.until !== undefined && isOver(effect.until, now()) ? 0 : newVersion(effect);
}

/** Whether the time of a row is over: from then on it is none. */
export function isOver(until: number | null | undefined, now: number): boolean {
  return typeof until === "number" && until <= now;
}

function text(version: number): string {
  return version === 0 ? "none" : `version ${version}`;
}
