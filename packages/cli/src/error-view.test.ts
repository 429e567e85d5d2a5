import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PortolanError } from "@portolan/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { renderError, renderFinding, type ErrorView } from "./error-view.ts";

let view: ErrorView;
beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "portolan-errors-"));
  view = { paint: (_style, text) => text, directory, verbose: false, version: "1.2.3" };
  await writeFile(join(directory, "orders.flow.yaml"), "routes:\n  place:\n    stepz: [{ map: body }]\n\ttabbed: 1\n");
  await writeFile(join(directory, "long.flow.yaml"), `${"x".repeat(300)} here ${"y".repeat(300)}\n`);
});
afterAll(() => rm(view.directory, { recursive: true, force: true }));

it("shows a finding with its line, a caret, what was expected and found, and what to do", () => {
  const error = new PortolanError("PORTOLAN_CONFIG_INVALID", "invalid", {
    findings: [
      {
        path: "routes.place.stepz",
        message: 'unknown key "stepz"',
        expected: "one of from, input or steps",
        found: "stepz",
        hint: 'did you mean "steps"?',
        place: { file: join(view.directory, "orders.flow.yaml"), line: 3, column: 5 },
      },
    ],
  });
  expect(renderError(error, view)).toMatchInlineSnapshot(`
    "error[PORTOLAN_CONFIG_INVALID]: unknown key "stepz"
      --> orders.flow.yaml:3:5
      |
    3 |     stepz: [{ map: body }]
      |     ^^^^^
      = path: routes.place.stepz
      = expected: one of from, input or steps
      = found: stepz
      = help: did you mean "steps"?

    For more about PORTOLAN_CONFIG_INVALID: portolan explain PORTOLAN_CONFIG_INVALID
    "
  `);
});

it("lists every finding and counts them", () => {
  const findings = [
    { path: "a", message: "first" },
    { path: "b", message: "second", place: { file: "gone.flow.yaml", line: 9 } },
  ];
  expect(renderError(new PortolanError("PORTOLAN_CONFIG_INVALID", "invalid", { findings }), view)).toMatchInlineSnapshot(`
    "error[PORTOLAN_CONFIG_INVALID]: first
      = path: a

    error[PORTOLAN_CONFIG_INVALID]: second
      --> gone.flow.yaml:9
      = path: b

    2 errors. For more about PORTOLAN_CONFIG_INVALID: portolan explain PORTOLAN_CONFIG_INVALID
    "
  `);
});

it("shows where a failure happened, why, and what to do, but no stack", () => {
  const cause = new Error("connect ECONNREFUSED 127.0.0.1:9");
  const error = new PortolanError("PORTOLAN_CONNECTION_FAILED", "the ERP could not be reached", {
    cause,
    hint: "start it",
    route: "deliver",
    step: "2.0",
  });
  expect(renderError(error, view)).toMatchInlineSnapshot(`
    "error[PORTOLAN_CONNECTION_FAILED]: the ERP could not be reached
      = at: route deliver, step 2.0
      = because: connect ECONNREFUSED 127.0.0.1:9
      = help: start it

    For more about PORTOLAN_CONNECTION_FAILED: portolan explain PORTOLAN_CONNECTION_FAILED
    "
  `);
});

it("keeps the caret under its column in a line with tabs, and in a window of a long line", () => {
  const place = (file: string, line: number, column: number) => ({ path: "p", message: "m", place: { file, line, column } });
  expect(renderFinding({ level: "warning" }, place("orders.flow.yaml", 4, 2), view)).toMatchInlineSnapshot(`
    "warning: m
      --> orders.flow.yaml:4:2
      |
    4 |  tabbed: 1
      |  ^^^^^^
      = path: p
    "
  `);
  const long = renderFinding({ level: "error" }, place("long.flow.yaml", 1, 302), view).split("\n");
  const column = long[4]?.indexOf("^^^^") ?? -1;
  expect(long[3]?.slice(column, column + 4)).toBe("here");
  expect(long[3]?.length).toBeLessThan(130);
});

it("shows the stack of anything unexpected, and says that it is a bug", () => {
  const text = renderError(new TypeError("x is not a function"), view);
  expect(text).toMatch(/^bug: this should not have happened\nTypeError: x is not a function\n {4}at /);
  expect(text).toContain(`portolan 1.2.3, Node ${process.version}`);
  expect(renderError("text", view)).toContain("a value was thrown: text");
});

it("shows the stack of an expected error only when it is asked for", () => {
  const error = new PortolanError("PORTOLAN_TIMEOUT", "late");
  expect(renderError(error, view)).not.toContain("    at ");
  expect(renderError(error, { ...view, verbose: true })).toContain("    at ");
});

it("sends no control characters of messages to the terminal", () => {
  expect(renderError(new PortolanError("PORTOLAN_THROWN", "\u001b[2J gone"), view)).toContain("\\x1b[2J gone");
});
