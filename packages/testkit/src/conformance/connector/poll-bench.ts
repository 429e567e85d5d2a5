import assert from "node:assert/strict";
import type { PolledMessage, PolledSource } from "@portolan/core";
import { createFixedRandom } from "../../random.ts";
import { type RecordingLogger, createRecordingLogger } from "../../recording-logger.ts";
import { readRawOptions } from "./read-raw-options.ts";
import { setPosition } from "./set-position.ts";
import type { SourceBenchOptions } from "./source-bench.ts";

/** A source that is polled, and the test in the engine's place. */
export interface PollBench {
  readonly source: PolledSource;
  readonly positions: ReadonlyMap<string, unknown>;
  readonly log: RecordingLogger;
  /** Ends the unit of work that took the message: with a commit of its position, which another node may have been faster to make. */
  commit(message: PolledMessage): void;
  /** Ends it without. */
  fail(message: PolledMessage): void;
  /** Commits the position and dies before the source learns of it. */
  commitAndDie(message: PolledMessage): void;
}

/** Opens the source of a connector for steps that poll, with the test in the engine's place. */
export async function openPollBench(setup: SourceBenchOptions): Promise<PollBench> {
  const { definition, clock, services, positions = new Map<string, unknown>(), route = "route" } = setup;
  const { source } = definition;
  assert.ok(source?.poll, `${definition.name} can be polled`);
  const options = readRawOptions(source.options, setup.options);
  assert.deepEqual([...(source.check?.(options) ?? []), ...(source.poll.check?.(options) ?? [])], []);
  const log = createRecordingLogger();
  const name = `${route}/${definition.name}/${source.describe(options)}`;
  const opened = await source.poll.open(options, {
    route,
    name,
    position: async (of) => positions.get(of),
    clock,
    random: createFixedRandom(0.5),
    log,
    services,
  });
  return {
    source: opened,
    positions,
    log,
    commit(message) {
      try {
        setPosition(positions, message.position);
      } catch (error) {
        message.ended(false);
        throw error;
      }
      message.ended(true);
    },
    fail: (message) => message.ended(false),
    commitAndDie: ({ position }) => setPosition(positions, position),
  };
}
