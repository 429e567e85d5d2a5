import type { PatternDefinition } from "@portolan/engine";
import { failIf } from "./fail-if.ts";
import { createFailTimes } from "./fail-times.ts";

/** The test vocabulary of steps, to be added to an engine's patterns. Make it anew for each test: it counts. */
export function createTestPatterns(): readonly PatternDefinition[] {
  return [failIf, createFailTimes()];
}
