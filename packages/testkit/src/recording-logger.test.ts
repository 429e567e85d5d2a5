import { createRecordingLogger } from "@portolan/testkit";
import { describe, expect, it } from "vitest";

describe("a recording logger", () => {
  it("remembers what it was told", () => {
    const log = createRecordingLogger();
    log.log("warn", "slow", { ms: 7 });
    log.log("info", "done");
    expect(log.entries).toEqual([
      { level: "warn", message: "slow", fields: { ms: 7 } },
      { level: "info", message: "done", fields: {} },
    ]);
  });
});
