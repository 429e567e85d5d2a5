import { defineConfig } from "vitest/config";

const conditions = ["portolan-source"];

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
