import { option, optional, required, withDefault } from "@portolan/core";
import { expect, it } from "vitest";
import { optionTables } from "./option-table.ts";

it("shows type, default and description, with defaults as people write them", () => {
  const specs = {
    to: required(option.text, "Where to"),
    wait: withDefault(option.duration, 30_000, "How long."),
    limit: withDefault(option.bytes, 64 * 1024, "How much"),
    mode: withDefault(option.oneOf("a", "b"), "a", "Which: a|b"),
    token: optional(option.text, "The key", { secret: true, example: "x" }),
  };
  expect(optionTables(specs, "##").split("\n")).toEqual([
    "| option | type | default | |",
    "| --- | --- | --- | --- |",
    "| `to` | a text | required | Where to. |",
    "| `wait` | a duration such as 500ms, 10s or 5m | `30s` | How long. |",
    "| `limit` | a size such as 64kb or 1mb | `64kb` | How much. |",
    "| `mode` | one of a or b | `a` | Which: a\\|b. |",
    '| `token` | a text | none | The key. Secret: never logged, traced or shown. Example: `"x"`. |',
  ]);
});

it("gives options within options a table of their own", () => {
  const arm = option.object({ when: required(option.expression, "If") });
  const specs = {
    arms: required(option.listOf(arm), "All"),
    http: withDefault(option.object({ port: withDefault(option.integer(), 1, "P") }), { port: 1 }, "H"),
  };
  const text = optionTables(specs, "##");
  expect(text).toContain("| `arms` | a list, each a map of options | required | All. |");
  expect(text).toContain("## Options of `arms[]`\n\n| option | type | default | |\n| --- | --- | --- | --- |\n| `when` |");
  expect(text).toContain("| `http` | a map of options | see below | H. |");
  expect(text).toContain("## Options of `http`");
});

it("says so if there are no options", () => {
  expect(optionTables({}, "##")).toBe("It has no options.");
});
