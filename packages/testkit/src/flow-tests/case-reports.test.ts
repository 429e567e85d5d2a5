import { jsonReport, junitReport, type CaseRun } from "@portolan/testkit";
import { expect, it } from "vitest";

const runs: readonly CaseRun[] = [
  { name: "good", file: "cases/good.case.yaml", durationMs: 12.345, result: { outcome: "passed" } },
  {
    name: "bad",
    file: "cases/bad.case.yaml",
    durationMs: 1000,
    result: {
      outcome: "failed",
      differences: [
        { where: "records.out", message: 'expected bodies ["<a>&"], got []', expected: ["<a>&\u0000"], found: [] },
        { where: "", message: "no rest\nat all" },
        { where: "sends.0", message: "expected 1, got 2", expected: 1n, found: new Uint8Array([1]) },
      ],
    },
  },
  { name: "later", file: "cases/later.case.yaml", durationMs: 0, result: { outcome: "skipped", missing: ["saga", "crash"] } },
];

it("tells JUnit what was run, what differs and what was left out, whatever the values hold", () => {
  expect(junitReport({ name: 'a "shop"', runs })).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="portolan test" tests="3" failures="1" errors="0" skipped="1" time="1.012">
  <testsuite name="a &quot;shop&quot;" tests="3" failures="1" errors="0" skipped="1" time="1.012">
    <testcase name="good" classname="a &quot;shop&quot;" file="cases/good.case.yaml" time="0.012"/>
    <testcase name="bad" classname="a &quot;shop&quot;" file="cases/bad.case.yaml" time="1.000">
      <failure type="difference" message="records.out: expected bodies [&quot;&lt;a&gt;&amp;&quot;], got []; no rest&#10;at all; sends.0: expected 1, got 2">records.out: expected bodies [&quot;&lt;a&gt;&amp;&quot;], got []
- [
-   &quot;&lt;a&gt;&amp;\\u0000&quot;
- ]
+ []
no rest
at all
sends.0: expected 1, got 2
- &quot;1n&quot;
+ &quot;1 bytes: AQ==&quot;</failure>
    </testcase>
    <testcase name="later" classname="a &quot;shop&quot;" file="cases/later.case.yaml" time="0.000">
      <skipped message="needs saga, crash"/>
    </testcase>
  </testsuite>
</testsuites>
`);
  const strange = junitReport({ name: "\u0000\ud800\uffff\t", runs: [] });
  expect(strange).toContain('name="\ufffd\ufffd\ufffd&#9;"');
});

it("tells programs the same as data", () => {
  const coverage = { routes: [], steps: { reached: 1, total: 2 }, branches: { reached: 0, total: 0 }, percent: 50 };
  const report = JSON.parse(jsonReport({ name: "shop", runs, coverage }));
  expect(report).toMatchObject({ name: "shop", passed: 1, failed: 1, skipped: 1, durationMs: 1012.35, coverage });
  expect(report.cases).toMatchObject([
    { name: "good", file: "cases/good.case.yaml", durationMs: 12.35, outcome: "passed" },
    {
      outcome: "failed",
      differences: [{ where: "records.out", expected: ["<a>&\u0000"], found: [] }, {}, { expected: "1n", found: "1 bytes: AQ==" }],
    },
    { outcome: "skipped", missing: ["saga", "crash"] },
  ]);
  expect(JSON.parse(jsonReport({ name: "shop", runs: [] }))).not.toHaveProperty("coverage");
});
