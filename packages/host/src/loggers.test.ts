import { PortolanError, type Clock, type LogLevel } from "@portolan/core";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { createHumanLogger, createJsonLogger } from "./loggers.ts";

const clock: Clock = createVirtualClock();

function jsonLines(log: (write: ReturnType<typeof createJsonLogger>) => void, level?: LogLevel): unknown[] {
  const lines: string[] = [];
  log(createJsonLogger({ clock, ...(level === undefined ? {} : { level }), write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

describe("the JSON logger", () => {
  it("writes one object a line, however many lines the message has", () => {
    const lines: string[] = [];
    createJsonLogger({ clock, write: (line) => lines.push(line) }).log("info", "two\nlines", { n: 1 });
    expect(lines).toEqual(['{"time":"1970-01-01T00:00:00.000Z","level":"info","message":"two\\nlines","n":1}\n']);
  });

  it("keeps a field that has the name of one of its own", () => {
    expect(jsonLines((log) => log.log("warn", "m", { level: "high", other: 2 }))).toEqual([
      { time: expect.any(String), level: "warn", message: "m", other: 2, fields: { level: "high" } },
    ]);
  });

  it("writes only what is at least as serious as its level", () => {
    expect(
      jsonLines((log) => (["debug", "info", "warn", "error"] as const).forEach((level) => log.log(level, level)), "warn"),
    ).toHaveLength(2);
  });

  it("writes what JSON cannot express", () => {
    const circle: Record<string, unknown> = { name: "circle" };
    circle["self"] = circle;
    const shared = { x: 1 };
    const [line] = jsonLines((log) =>
      log.log("info", "m", { big: 1n, circle, twice: [shared, shared], bytes: new Uint8Array([1, 2]), gone: undefined }),
    );
    expect(line).toMatchObject({ big: "1", circle: { name: "circle", self: "[circular]" }, twice: [{ x: 1 }, { x: 1 }], bytes: "AQI=" });
  });

  it("writes errors with what is known of them", () => {
    const [line] = jsonLines((log) =>
      log.log("error", "m", { error: new PortolanError("PORTOLAN_TIMEOUT", "late"), other: new TypeError("odd") }),
    );
    expect(line).toMatchObject({
      error: { code: "PORTOLAN_TIMEOUT", kind: "transient", message: "late" },
      other: { name: "TypeError", message: "odd" },
    });
  });
});

describe("the human logger", () => {
  it("shows level, message and fields in one line", () => {
    const lines: string[] = [];
    createHumanLogger({ clock, write: (line) => lines.push(line) }).log("warn", "slow", { route: "orders", body: { a: "x y" } });
    expect(lines.join("").replace(/^\S+/, "TIME")).toBe('TIME warn  slow route=orders body={"a":"x y"}\n');
  });

  it("shows control characters of the wire instead of sending them to the terminal", () => {
    const lines: string[] = [];
    createHumanLogger({ clock, write: (line) => lines.push(line) }).log("info", "\u001b[2Jgone", { text: "\u009b31m" });
    expect(lines.join("")).toContain("\\x1b[2Jgone");
    expect(lines.join("")).toContain("\\x9b31m");
  });
});
