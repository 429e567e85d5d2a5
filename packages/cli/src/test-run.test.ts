import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createTemporaryFolder } from "@portolan/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { command } from "./io.test.support.ts";

const FLOW = `channels:
  in: {}
routes:
  take:
    from: [{ rest: { post: /in } }]
    steps:
      - validate: { when: body.n > 0 }
      - to: { channel: in }
      - call: { rest: { post: "\${PRICES_URL}/prices" } }
  pass:
    from: [{ channel: in }]
    onError:
      - { match: { kind: transient }, retry: { attempts: 3, delay: 1s, jitter: none }, outcome: deadLetter }
    steps:
      - choice:
          when: [{ when: body.n > 10, steps: [{ to: { channel: big } }] }]
      - to: { rest: { put: "https://store.example/{n}" } }
`;

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await createTemporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(folder.path(name)), { recursive: true });
    await writeFile(folder.path(name), text);
  }
  return folder.root;
}

const takes = (expectation: string, rest = "") => `send: [{ route: take, mode: request, body: { n: 1 } }]\n${rest}expect: ${expectation}\n`;

describe("the cases of an app", () => {
  it("see what its targets got, under their addresses", async () => {
    const directory = await folderWith({
      "app.flow.yaml": FLOW,
      "cases/taken.case.yaml": takes(
        '{ records: { "rest:POST ${PRICES_URL}/prices": { bodies: [{ n: 1 }] }, "rest:PUT *": { count: 1 } }, channels: { in: { bodies: [{ n: 1 }] } } }',
      ),
      "node_modules/other/x.case.yaml": "not ours",
    });
    expect(await command(["test"], { directory })).toEqual({ code: 0, stdout: "ok taken\n1 passed, 0 failed, 0 skipped\n", stderr: "" });
  });

  it("say what its targets answer, and what its variables are", async () => {
    const directory = await folderWith({
      "app.flow.yaml": FLOW,
      "a.case.yaml": takes(
        '{ sends: { 0: { reply: { body: 7, headers: {} }, endsAt: 2s } }, records: { "rest:PUT *": { at: [2000, 3000, 5000] }, "rest:POST http://p/prices": { count: 1 } } }',
        'environment: { PRICES_URL: "http://p" }\ntargets: { "rest:POST *": { reply: { body: 7 }, after: 2s }, "rest:PUT *": [{ fails: {} }, { fails: { kind: transient, code: BUSY } }, {}] }\n',
      ),
      "b.case.yaml": takes(
        "{ channels: { dead: { bodies: [{ n: 1 }], attributes: [{ deadLetter: { error: { code: FULL } } }] } } }",
        'targets: { "rest:PUT *": { fails: { code: FULL } } }\n',
      ),
    });
    expect(await command(["test"], { directory })).toMatchObject({ code: 0, stdout: "ok a\nok b\n2 passed, 0 failed, 0 skipped\n" });
  });

  it("say what the sources have that its steps poll", async () => {
    const polling = "pollEnrich: { from: { file: { directory: prices } }, combine: list, onEmpty: keep }";
    const directory = await folderWith({
      "app.flow.yaml": `routes: { take: { from: [{ rest: { post: /in } }], steps: [{ ${polling} }] } }`,
      "a.case.yaml": takes(
        "{ sends: { 0: { reply: { body: [{ n: 1 }, 10] } }, 1: { reply: { body: 2 } } } }",
        'offers: { "file:watch prices/*": [{ body: 10 }] }\n',
      ).replace("n: 1 } }]", "n: 1 } }, { route: take, mode: request, body: 2 }]"),
      "b.case.yaml": takes("{ sends: {} }", 'offers: { "file:watch costs/*": [{ body: 10 }] }\n'),
    });
    const { stdout } = await command(["test"], { directory });
    expect(stdout).toContain("ok a\n");
    expect(stdout).toContain(
      'FAIL b: offers.file:watch costs/*: no step of the app polls file:watch costs/*; did you mean "file:watch prices/*"?',
    );
  });

  it("may have a flow of their own", async () => {
    const flow = "flow: { routes: { take: { steps: [{ to: { record: out } }] } } }\n";
    const directory = await folderWith({ "a.case.yaml": takes("{ records: { out: { count: 1 } } }", flow) });
    expect(await command(["test"], { directory })).toMatchObject({ code: 0, stdout: expect.stringContaining("ok a") });
  });

  it("show expected and found values side by side", async () => {
    const directory = await folderWith({
      "app.flow.yaml": FLOW,
      "a.case.yaml": takes("{ sends: { 0: { reply: { body: { n: 2 } } } }, channels: { big: { count: 1 } } }"),
    });
    const { code, stdout } = await command(["test"], { directory });
    expect(code).toBe(1);
    expect(stdout).toBe(`FAIL a: sends.0: expected reply {"n":2}, got {"n":1}; channels.big: expected 1 messages, got 0
    - expected  + found
  sends.0
      {
    -   "n": 2
    +   "n": 1
      }
0 passed, 1 failed, 0 skipped
`);
  });

  it.each([
    [
      "a target",
      '{ records: { "rest:PUT https://store.example/{m}": { absent: true } } }',
      'did you mean "rest:PUT https://store.example/{n}"?',
    ],
    ["a channel", "{ channels: { inn: { absent: true } } }", 'the app has no channel inn; did you mean "in"?'],
    ["a target that answers", "{ channels: { in: { count: 1 } } }", "targets.soap: the app has no target soap", "targets: { soap: {} }\n"],
  ])("fail if they name %s that the app does not have", async (_what, expectation, message, rest = "") => {
    const directory = await folderWith({ "app.flow.yaml": FLOW, "a.case.yaml": takes(expectation, rest) });
    const { code, stdout } = await command(["test"], { directory });
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(message) });
  });

  it("fail one by one if they cannot be read", async () => {
    const directory = await folderWith({
      "app.flow.yaml": FLOW,
      "a.case.yaml": takes("{ channels: { in: { count: 1 } } }", "targets: { rest: [{ reply: {}, fails: {} }] }\n"),
      "b.case.yaml": takes("{ channels: { in: { count: 1 } } }", "case: c\n"),
      "c.case.yaml": takes("{ channels: { in: { count: 1 } } }"),
    });
    const { code, stdout } = await command(["test"], { directory });
    expect(code).toBe(1);
    expect(stdout.split("\n")).toEqual([
      "FAIL a: PORTOLAN_CONFIG_INVALID: the case file is not valid: targets.rest.0: a target replies or fails: expected one of reply and fails, found both (line 2)",
      "FAIL b: PORTOLAN_CONFIG_INVALID: the case file is not valid: case: the case is not named like its file: expected b, found c (line 2)",
      "ok c",
      "1 passed, 2 failed, 0 skipped",
      "",
    ]);
  });

  it("are not run if the app is not sound", async () => {
    const directory = await folderWith({
      "app.flow.yaml": FLOW.replace("body.n > 10", "body.n >"),
      "a.case.yaml": takes("{ channels: { in: { count: 1 } } }"),
    });
    const { code, stdout, stderr } = await command(["test"], { directory });
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/the expression cannot be compiled[^]*app\.flow\.yaml:15/);
  });

  it("are missed if there are none", async () => {
    const directory = await folderWith({ "app.flow.yaml": FLOW });
    const { code, stderr } = await command(["test"], { directory });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining("error[PORTOLAN_CASES_MISSING]: there are no *.case.yaml files in"),
    });
  });
});

describe("coverage", () => {
  const files = { "app.flow.yaml": FLOW, "a.case.yaml": takes("{ channels: { in: { count: 1 } } }") };

  it("shows the share of each route, and lists what no message reached", async () => {
    const { code, stdout } = await command(["test", "--coverage"], { directory: await folderWith(files) });
    expect(code).toBe(0);
    expect(stdout.slice(stdout.indexOf("route"))).toBe(`route  steps  branches
take   3/3    0/1
pass   2/3    1/4
all    5/6    1/5       54.5 %

not reached
  take  0          validate: refused            app.flow.yaml:7
  pass  onError.0  onError: retry
  pass  onError.0  onError: deadLetter
  pass  0          choice: when 1: body.n > 10  app.flow.yaml:15
  pass  0.0.0      to                           app.flow.yaml:16
`);
  });

  it("below the least that is asked for fails", async () => {
    const directory = await folderWith(files);
    const good = await command(["test", "--min-coverage", "54.5"], { directory });
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining("54.5 %") });
    const bad = await command(["test", "--min-coverage", "54.6"], { directory });
    expect(bad).toMatchObject({ code: 1, stdout: expect.stringMatching(/\ncoverage 54.5 % is below 54.6 %\n$/) });
  });

  it("counts what no case is about", async () => {
    const flow = "flow: { routes: { take: { steps: [{ to: { record: out } }] } } }\n";
    const directory = await folderWith({ "app.flow.yaml": FLOW, "a.case.yaml": takes("{ records: { out: { count: 1 } } }", flow) });
    expect((await command(["test", "--coverage"], { directory })).stdout).toMatch(/all +0\/6 +0\/5 +0 %/);
  });
});

describe("reports", () => {
  it("are written beside the output, also of cases with flows of their own", async () => {
    const flow = "case: a\nsource: own\nneeds: []\nflow: { routes: { take: { steps: [{ to: { record: out } }] } } }\n";
    const directory = await folderWith({ "cases/a.case.yaml": takes("{ records: { out: { bodies: [{ n: 2 }] } } }", flow) });
    const argv = ["test", "--cases", "cases", "--report", "junit=out/a.xml", "--report", "json=out/a.json"];
    const line = 'FAIL a: records.out: expected bodies [{"n":2}], got [{"n":1}]\n';
    expect(await command(argv, { directory })).toMatchObject({ code: 1, stdout: `${line}0 passed, 1 failed, 0 skipped\n` });
    expect(await readFile(join(directory, "out/a.xml"), "utf8")).toMatch(
      /<testcase name="a" classname="cases" file="cases\/a.case.yaml"[^]*<failure/,
    );
    expect(JSON.parse(await readFile(join(directory, "out/a.json"), "utf8"))).toMatchObject({ name: "cases", failed: 1 });
    const { stdout } = await command(["test", "--cases", "cases", "--diff"], { directory });
    expect(stdout).toContain('    -     "n": 2\n    +     "n": 1\n');
  });

  it("that cannot be written are an error", async () => {
    const directory = await folderWith({ "app.flow.yaml": FLOW, "a.case.yaml": takes("{ channels: { in: { count: 1 } } }") });
    const { code, stderr } = await command(["test", "--report", "json=a.case.yaml/x"], { directory });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("the report cannot be written") });
  });
});

it("a directory that does not exist is an error, watched or not", async () => {
  const directory = await folderWith({});
  for (const argv of [
    ["test", "none"],
    ["test", "none", "--watch"],
    ["test", "--cases", "none", "-w"],
  ]) {
    const { code, stderr } = await command(argv, { directory });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("error[PORTOLAN_FILE_FAILED]") });
  }
});

it("a case below --cases needs all keys of the case format", async () => {
  const directory = await folderWith({ "a.case.yaml": takes("{ channels: { in: { count: 1 } } }", "environment: {}\n") });
  const { stdout } = await command(["test", "--cases", "."], { directory });
  for (const key of ["case", "source", "needs", "flow"]) expect(stdout).toContain(`option "${key}" is missing`);
  expect(stdout).toContain('unknown key "environment"');
});
