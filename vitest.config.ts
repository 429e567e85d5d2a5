import { defineConfig } from "vitest/config";

// Node has `module-sync`, too: without it tests would load a second copy of packages that name one file for it and one for the rest.
const conditions = ["portolan-source", "module-sync"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    isolate: false,
    pool: "forks",
    include: ["packages/*/src/**/*.test.ts", "examples/*/**/*.test.ts", "tools/**/*.test.ts", "bench/src/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/*.real.test.ts"],
    testTimeout: 60_000,
    sequence: { shuffle: { files: true } },
  },
});
