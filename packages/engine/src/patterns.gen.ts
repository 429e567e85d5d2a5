// Generated from the folders of src/patterns. Do not edit.
import type { PatternDefinition } from "./pattern.ts";
import { call } from "./patterns/call/index.ts";
import { choice } from "./patterns/choice/index.ts";
import { delay } from "./patterns/delay/index.ts";
import { filter } from "./patterns/filter/index.ts";
import { idempotent } from "./patterns/idempotent/index.ts";
import { log } from "./patterns/log/index.ts";
import { loop } from "./patterns/loop/index.ts";
import { map } from "./patterns/map/index.ts";
import { remove } from "./patterns/remove/index.ts";
import { set } from "./patterns/set/index.ts";
import { split } from "./patterns/split/index.ts";
import { stop } from "./patterns/stop/index.ts";
import { throw as throwPattern } from "./patterns/throw/index.ts";
import { to } from "./patterns/to/index.ts";
import { try as tryPattern } from "./patterns/try/index.ts";
import { validate } from "./patterns/validate/index.ts";
import { wireTap } from "./patterns/wire-tap/index.ts";

/** All patterns of this package, by the order of their names. */
export const patterns: readonly PatternDefinition[] = [
  call,
  choice,
  delay,
  filter,
  idempotent,
  log,
  loop,
  map,
  remove,
  set,
  split,
  stop,
  throwPattern,
  to,
  tryPattern,
  validate,
  wireTap,
];
