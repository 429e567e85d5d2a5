import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { runCommand } from "./command-process.test.support.ts";

const FLOW = `
routes:
  receive:
    steps:
      - validate: { when: body.total >= 0, message: '"negative"' }
      - filter: { when: body.total > 0 }
      - to: { channel: big }
      - map: '{ "id": body.id }'
  book:
    from: [{ channel: big }]
    onError: [{ outcome: deadLetter }]
    steps: [{ filter: { when: body.total > 100 } }, { throw: { message: '"too big"', code: TOO_BIG } }]
`;
const lines = (...values: unknown[]) => values.map((value) => `${typeof value === "string" ? value : JSON.stringify(value)}\n`).join("");
const parsed = (text: string) =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

it("answers each line in order, tells of each failure with its line, and processes what was sent to channels", async () => {
  await using app = await createAppDirectory({ "orders.flow.yaml": FLOW });
  const input = lines({ id: 1, total: 5 }, { id: 2, total: -1 }, "", "{ not json", { id: 3, total: 0 }, { id: 4, total: 1000 });
  const { code, stdout, stderr } = await runCommand(["run", "orders.flow.yaml"], { directory: app.path, input });
  expect(code).toBe(1);
  expect(parsed(stdout)).toEqual([{ id: 1 }, null, { id: 4 }]);
  expect(parsed(stderr).filter(({ level }) => level === undefined)).toMatchObject([
    { line: 2, code: "PORTOLAN_VALIDATION_FAILED", kind: "invalid", message: "negative", route: "receive", step: "0" },
    { line: 4, code: "PORTOLAN_FORMAT_INVALID" },
    { code: "TOO_BIG", message: "too big", route: "book", deadLetter: "dead", body: { id: 4, total: 1000 } },
  ]);
});

it("ends with 0 when nothing failed, and leaves no store behind", async () => {
  await using app = await createAppDirectory({ "orders.flow.yaml": FLOW });
  const { code, stdout, stderr } = await runCommand(["run", "orders.flow.yaml"], {
    directory: app.path,
    input: lines({ id: 1, total: 5 }),
  });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '{"id":1}\n', stderr: "" });
  expect(await runCommand(["channels"], { directory: app.path })).toMatchObject({ code: 4 });
});

it("runs a single TypeScript file that is no project, in a store that stays", async () => {
  await using app = await createAppDirectory({
    "once.ts": `
      import { app, route } from "portolan";
      const once = route("once").idempotent((m) => (m.body as { id: number }).id).map(() => "first");
      export default app("once", { routes: [once] });`,
  });
  const run = (input: string) => runCommand(["run", "once.ts", "--store", "kept"], { directory: app.path, input });
  expect((await run(lines({ id: 1 }, { id: 2 }))).stdout).toBe('"first"\n"first"\n');
  expect((await run(lines({ id: 2 }, { id: 3 }))).stdout).toBe('null\n"first"\n');
});

it("says which routes there are when it cannot choose, and corrects a misspelt one", async () => {
  await using app = await createAppDirectory({ "two.flow.yaml": "routes: { alpha: { steps: [] }, beta: { steps: [] } }" });
  const run = (...argv: string[]) => runCommand(["run", "two.flow.yaml", ...argv], { directory: app.path, input: "1\n" });
  expect(await run()).toMatchObject({ code: 2, stderr: expect.stringContaining("say which with --route: alpha, beta") });
  expect(await run("--route", "beat")).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "beta"?') });
  expect(await run("--route", "beta")).toMatchObject({ code: 0, stdout: "1\n" });
});

it("keeps the order and loses nothing when there are many lines", async () => {
  await using app = await createAppDirectory({ "orders.flow.yaml": FLOW });
  const orders = Array.from({ length: 20_000 }, (_, id) => ({ id, total: 1 }));
  const { code, stdout } = await runCommand(["run", "orders.flow.yaml"], { directory: app.path, input: lines(...orders) });
  expect(code).toBe(0);
  expect(parsed(stdout)).toEqual(orders.map(({ id }) => ({ id })));
});

it("checks an app and lists what is wrong with file, line and column", async () => {
  await using app = await createAppDirectory({
    "orders.flow.yaml": FLOW.replace("body.total > 0", "body.("),
    "app.ts": 'import { app } from "portolan";\nconst routes = [nothing];\nexport default app("x", { routes });\n',
  });
  const { code, stdout } = await runCommand(["check"], { directory: app.path });
  expect(code).toBe(1);
  expect(stdout).toContain("--> app.ts:2:17");
  await app.write("app.ts", 'import { app } from "portolan";\nexport default app("x", { routes: [] });\n');
  const compiled = await runCommand(["check", "--json"], { directory: app.path });
  expect(parsed(compiled.stdout)).toMatchObject([{ level: "error", path: "routes.receive.steps.1", place: { line: 6 } }]);
  await app.write("orders.flow.yaml", FLOW);
  expect(await runCommand(["check"], { directory: app.path })).toMatchObject({
    code: 0,
    stdout: "x: 2 routes, 2 channels, 2 files, types not checked (there is no tsconfig.json): no errors\n",
  });
});

it("runs case files and ends with 1 when one failed", async () => {
  const body = (name: string, expected: number) =>
    `case: ${name}\nsource: own\nneeds: [map]\nflow: { routes: { start: { steps: [{ map: body + 1 }] } } }\nsend: [{ route: start, body: 1, mode: request }]\nexpect: { sends: { 0: { reply: { body: ${expected} } } } }\n`;
  await using app = await createAppDirectory({
    "cases/a.case.yaml": body("a", 2),
    "cases/b.case.yaml": body("b", 3),
    "cases/c.case.yaml": body("c", 2).replace("[map]", "[map, nothing]"),
  });
  const { code, stdout } = await runCommand(["test", "--cases", "cases"], { directory: app.path });
  expect(code).toBe(1);
  expect(stdout).toMatchInlineSnapshot(`
    "ok a
    FAIL b: sends.0: expected reply 3, got 2
    skip c: needs nothing
    1 passed, 1 failed, 1 skipped
    "
  `);
});
