import type { Awaitable, Timer } from "@portolan/core";
import type { StepCompiler } from "../pattern.ts";
import type { Execution } from "./execution.ts";
import type { StateTable } from "./state-table.ts";

/** Acts on the rows of a table when they are due, each in a unit of work of its own. */
export interface DueTimer {
  /** Looks at the store for what is due from earlier. */
  start(): void;
  /** Something is due then. */
  at(time: number): void;
  stop(): void;
}

export interface DueTimerParts {
  readonly table: StateTable;
  readonly compiler: StepCompiler;
  act(key: string, execution: Execution): Awaitable<void>;
}

const BATCH = 100;
const RETRY_MS = 1000;
const SOON_MS = 5;

export function createDueTimer({ table, compiler, act }: DueTimerParts): DueTimer {
  const { clock, log, node } = compiler;
  let timer: Timer | undefined;
  let wakesAt = Infinity;
  let running = false;

  const at = (time: number): void => {
    if (!running || time >= wakesAt) return;
    timer?.cancel();
    wakesAt = time;
    timer = clock.after(Math.max(0, time - clock.now()), () => void run());
  };

  const run = async (): Promise<void> => {
    wakesAt = Infinity;
    timer = undefined;
    try {
      for (;;) {
        const rows = await table.list({ dueBy: clock.now(), limit: BATCH });
        for (const { key } of rows) if (running) await node.work((execution) => act(key, execution));
        if (rows.length < BATCH) break;
      }
      const next = await table.nextDue();
      // What is due still, is in a commit that is on its way.
      if (next !== undefined) at(Math.max(next, clock.now() + SOON_MS));
    } catch (error) {
      log.log("error", "what was due could not be done; it is tried again", {
        route: compiler.route,
        step: compiler.stepId,
        error: String(error),
      });
      at(clock.now() + RETRY_MS);
    }
  };

  return {
    start() {
      running = true;
      void run();
    },
    at,
    stop() {
      running = false;
      timer?.cancel();
    },
  };
}
