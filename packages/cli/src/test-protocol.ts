import type { TestOrder } from "./test-order.ts";

/** From the supervisor to a process that runs tests: sent once, when they are to run. */
export interface ToTests {
  readonly kind: "run";
  readonly order: TestOrder;
}

/** From there to the supervisor: absolute paths whose changes matter, too. */
export interface FromTests {
  readonly kind: "files";
  readonly files: readonly string[];
}
