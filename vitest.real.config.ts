import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** Tests against real processes, disks and servers: slow, isolated, one file at a time. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["packages/*/src/**/*.real.test.ts", "examples/*/**/*.real.test.ts", "tools/*.real.test.ts"],
    exclude: ["**/node_modules/**"],
    isolate: true,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
