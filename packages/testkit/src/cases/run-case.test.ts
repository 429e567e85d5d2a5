import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caseLine, parseCase, runCase, runCases } from "@portolan/testkit";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTestHarness } from "./case-harness.test.support.ts";

const harness = await createTestHarness();

/** The report's line of a case whose flow has a route that records, one that fails, and a channel that dead-letters. */
async function lineOf(send: string, expectation: string, needs = "[]"): Promise<string> {
  const text = `case: sample
source: own
needs: ${needs}
flow:
  channels: { in: { maxAttempts: 1 } }
  routes:
    start: { steps: [{ to: { record: out } }, { to: { channel: kept } }] }
    fail: { steps: [{ failIf: { when: true, kind: rejected, code: NO, message: no way } }] }
    slow: { steps: [{ delay: { for: 1s } }] }
    work: { from: [{ channel: in }], steps: [{ failIf: { when: true, kind: rejected, code: NO, message: no way } }] }
send: ${send}
expect: ${expectation}
`;
  return caseLine("sample", await runCase(parseCase(text, "sample.case.yaml"), harness));
}

describe("a case", () => {
  it("passes if all is seen that it expects", async () => {
    expect(await lineOf("[{ route: start, body: A }]", "{ records: { out: { bodies: [A] } } }")).toBe("ok sample");
  });

  it.each([
    ["{ records: { out: { bodies: [A+B] } } }", 'records.out: expected bodies ["A+B"], got ["A","B"]'],
    ["{ records: { out: { bodies: [B, A] } } }", 'records.out: expected bodies ["B","A"], got ["A","B"]'],
    ["{ records: { out: { bodies: [A, A], order: any } } }", 'records.out: expected bodies ["A","A"] in any order, got ["A","B"]'],
    ["{ records: { out: { count: 3 } } }", "records.out: expected 3 messages, got 2"],
    ["{ records: { out: { min: 3 } } }", "records.out: expected at least 3 messages, got 2"],
    ["{ records: { out: { absent: true } } }", 'records.out: expected nothing, got bodies ["A","B"]'],
    ["{ records: { out: { at: [0, 5] } } }", "records.out: expected at [0,5], got [0,70]"],
    ["{ records: { out: { within: 69 } } }", "records.out: expected none after 69 ms, got one at 70 ms"],
    ["{ records: { out: { headers: [{ h: 2 }] } } }", 'records.out: expected headers {"h":2} at position 0, got {"h":1}'],
    ["{ records: { out: { headers: [{ h: null }] } } }", 'records.out: expected headers {"h":null} at position 0, got {"h":1}'],
    ["{ records: { out: { attributes: [null, { a: 1 }] } } }", 'records.out: expected attributes {"a":1} at position 1, got {}'],
    ["{ records: { out: { headers: [null, null, { h: 1 }] } } }", 'records.out: expected headers {"h":1} at position 2, got 2 messages'],
    ["{ records: { none: { bodies: [A] } } }", 'records.none: expected bodies ["A"], got []'],
    ["{ channels: { kept: { bodies: [A] } } }", 'channels.kept: expected bodies ["A"], got ["A","B"]'],
    ["{ sends: { 0: { reply: { body: B } } } }", 'sends.0: expected reply "B", got "A"'],
    ["{ sends: { 0: { reply: { headers: { h: 2 } } } } }", 'sends.0: expected reply headers {"h":2}, got {"h":1}'],
    [
      "{ sends: { 0: { fails: { code: NO } }, 1: { endsAt: 71 } } }",
      'sends.0: expected failure {"code":"NO"}, got success; sends.1: expected endsAt 71, got 70',
    ],
    ["{ start: { fails: { code: NO } } }", 'start: expected failure {"code":"NO"}, got success'],
  ])("expecting %s tells the difference", async (expectation, difference) => {
    const send = "[{ route: start, mode: request, body: A, headers: { h: 1 } }, { route: start, body: B, at: 70 }]";
    expect(await lineOf(send, expectation)).toBe(`FAIL sample: ${difference}`);
  });

  it.each([
    ["{ records: { out: { absent: true } } }", "expected success, got NO (rejected): no way"],
    ["{ sends: { 0: { fails: { code: YES } } } }", "expected code YES, got NO (no way)"],
    ["{ sends: { 0: { fails: { kind: defect } } } }", "expected kind defect, got rejected (no way)"],
    ["{ sends: { 0: { fails: { message: some way } } } }", 'expected message with "some way", got "no way"'],
    ["{ sends: { 0: { fails: { parts: [1] } } } }", "expected parts [1], got nothing"],
    ["{ sends: { 0: { fails: { cause: { code: DEEP } } } } }", 'expected cause {"code":"DEEP"}, got none'],
  ])("whose send fails, expecting %s, tells the difference", async (expectation, difference) => {
    expect(await lineOf("[{ route: fail }]", expectation)).toBe(`FAIL sample: sends.0: ${difference}`);
  });

  it("fails if a send that must succeed never ends, or never starts", async () => {
    const text = `case: sample
source: own
needs: []
flow: { routes: { slow: { steps: [{ delay: { for: 1s } }] } } }
send: [{ route: slow }, { route: slow }]
until: 10
expect: { records: { out: { absent: true } } }
`;
    const result = await runCase(parseCase(text, "sample.case.yaml"), harness);
    expect(caseLine("sample", result)).toBe(
      "FAIL sample: sends.0: expected success, got no end by 10 ms; sends.1: expected success, got no start by 10 ms",
    );
  });

  it("fails if the flow is refused, with what is wrong in it", async () => {
    const text =
      "case: sample\nsource: own\nneeds: []\nflow: { routes: { start: { steps: [{ too: { record: out } }] } } }\nsend: []\nexpect: { records: { out: { absent: true } } }\n";
    const line = caseLine("sample", await runCase(parseCase(text, "sample.case.yaml"), harness));
    expect(line).toMatch(/^FAIL sample: start: expected success, got PORTOLAN_CONFIG_INVALID \(defect\): .*too/);
  });

  it("is skipped if it needs what the engine has not, and says all of it", async () => {
    expect(await lineOf("[]", "{ records: { out: { bodies: [A] } } }", "[to, telepathy, teleport]")).toBe(
      "skip sample: needs telepathy, teleport",
    );
  });

  it.each([
    ["forever", "delay: 1", "note: no until"],
    ["at one instant, also with an until", "delay: 0", "until: 1s"],
  ])("fails if a flow is busy %s", async (_how, retry, until) => {
    const text = `case: sample
source: own
needs: []
flow: { routes: { start: { onError: [{ retry: { attempts: unlimited, ${retry}, backoff: fixed, jitter: none } }], steps: [{ failIf: { when: true } }] } } }
send: [{ route: start }]
${until}
expect: { records: { out: { absent: true } } }
`;
    const line = caseLine("sample", await runCase(parseCase(text, "sample.case.yaml"), harness));
    expect(line).toMatch(/no rest after 10000 timers, at \d+ ms$/);
  });

  it("with an until may take as many timers as it likes", async () => {
    const text = `case: sample
source: own
needs: []
flow: { routes: { start: { onError: [{ retry: { attempts: unlimited, delay: 1, backoff: fixed, jitter: none } }], steps: [{ failTimes: { times: 11000 } }] } } }
send: [{ route: start }]
until: 30s
expect: { sends: { 0: { endsAt: 11000 } } }
`;
    expect(caseLine("sample", await runCase(parseCase(text, "sample.case.yaml"), harness))).toBe("ok sample");
  });

  it("finds dead letters with the reason, and leaves nothing to the next case", async () => {
    const send = "[{ channel: in, body: A }]";
    const expectation =
      "{ channels: { in: { bodies: [A] }, dead: { bodies: [A], attributes: [{ deadLetter: { route: work, error: { code: NO } } }] } } }";
    expect(await lineOf(send, expectation)).toBe("ok sample");
    expect(await lineOf(send, expectation)).toBe("ok sample");
  });
});

describe("a directory of cases", () => {
  it("is reported one line each in the order of their names, then counted", async () => {
    const directory = await mkdtemp(join(tmpdir(), "cases-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const body = (name: string, rest: string) =>
      `case: ${name}\nsource: own\nflow: { routes: { start: { steps: [{ to: { record: out } }] } } }\nsend: [{ route: start, body: 1 }]\n${rest}\n`;
    await mkdir(join(directory, "nested"));
    await writeFile(join(directory, "d.case.yaml"), body("d", "needs: [crash, teleport]\nexpect: { records: { out: { bodies: [1] } } }"));
    await writeFile(join(directory, "b.case.yaml"), body("b", "needs: []\nexpect: { records: { out: { bodies: [2] } } }"));
    await writeFile(join(directory, "nested", "c.case.yaml"), body("c", "needs: []\nexpect: { records: { out: { bodies: [1] } } }"));
    await writeFile(join(directory, "a.case.yaml"), body("a", "needs: nothing\nexpect: { records: { out: { bodies: [1] } } }"));
    await writeFile(join(directory, "other.yaml"), "not a case");
    const lines: string[] = [];
    const counts = await runCases(directory, { harness, print: (line) => lines.push(line) });
    expect(lines).toEqual([
      'FAIL a: PORTOLAN_CONFIG_INVALID: the case file is not valid: needs: wrong value: expected a list, each a name, found the text "nothing" (line 5)',
      "FAIL b: records.out: expected bodies [2], got [1]",
      "ok c",
      "skip d: needs teleport",
      "1 passed, 2 failed, 1 skipped",
    ]);
    expect(counts).toEqual({ passed: 1, failed: 2, skipped: 1 });
  });

  it("that does not exist is an error", async () => {
    await expect(runCases("/no/such/directory", { harness, print: () => undefined })).rejects.toMatchObject({
      code: "PORTOLAN_FILE_FAILED",
    });
  });
});
