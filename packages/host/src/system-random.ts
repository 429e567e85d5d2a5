import type { Random } from "@portolan/core";

/** The chance of the JavaScript engine: good for jitter and identifiers, not for secrets. */
export const systemRandom: Random = { next: Math.random };
