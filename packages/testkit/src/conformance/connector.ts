import { type CreatePoll, POLL_CASES } from "./connector/poll.ts";
import { type CreateSource, SOURCE_CASES } from "./connector/source.ts";
import { type CreateTarget, TARGET_CASES } from "./connector/target.ts";
import type { TestRunner } from "./store/bench.ts";

/**
 * The contract of core's `SourceDefinition` for sources without a caller who waits, sentence by sentence. `create` opens
 * a fresh source, with the test in the engine's place (`openSourceBench`), and the system that it listens to. `acknowledges`
 * says whether that system learns which messages were taken.
 *
 * @example
 * describe("stdin", () => sourceConformance(async () => ({ bench: await openSourceBench({ … }), … }), { describe, it }));
 */
export function sourceConformance(create: CreateSource, runner: TestRunner, options: { readonly acknowledges?: boolean } = {}): void {
  const cases = SOURCE_CASES.filter((test) => test.acknowledges !== true || options.acknowledges !== false);
  runner.describe("as a source", () => {
    for (const test of cases) {
      runner.it(test.name, async () => {
        const under = await create();
        try {
          await test.run(under);
        } finally {
          under.bench.acceptAll();
          await under.bench.source.close();
          await under.dispose?.();
        }
      });
    }
  });
}

/** The contract of core's `PolledSource`. `create` opens a fresh source with `openPollBench`, and the system that it asks. */
export function pollConformance(create: CreatePoll, runner: TestRunner): void {
  runner.describe("as a source that is polled", () => {
    for (const test of POLL_CASES) {
      runner.it(test.name, async () => {
        const under = await create();
        try {
          await test.run(under);
        } finally {
          await under.bench.source.close();
          await under.dispose?.();
        }
      });
    }
  });
}

/** The contract of core's `TargetDefinition`. `create` opens a fresh target (`openTarget`) and the system that it sends to. */
export function targetConformance(create: CreateTarget, runner: TestRunner): void {
  runner.describe("as a target", () => {
    for (const test of TARGET_CASES) {
      runner.it(test.name, async () => {
        const under = await create();
        try {
          await test.run(under);
        } finally {
          await under.target.close();
          await under.dispose?.();
        }
      });
    }
  });
}
