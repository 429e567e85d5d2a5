import { describe, expect, test } from "vitest";
import { agrees, casesOf, DIFFERENT, SUITE, suiteGroups } from "./jsonata-suite.test.support.ts";

describe.skipIf(suiteGroups.length === 0)(`the official suite (skipped unless it is at ${SUITE})`, () => {
  test.each(suiteGroups)("%s agrees", (group) => {
    const cases = casesOf(group);
    expect(cases.filter((one) => !agrees(group, one))).toHaveLength(DIFFERENT[group] ?? 0);
  });
});
