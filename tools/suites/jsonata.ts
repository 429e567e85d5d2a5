import { agrees, casesOf, DIFFERENT, SUITE, suiteGroups } from "../../packages/mapping/src/compiled/jsonata-suite.test.support.ts";
import type { Suite } from "./suite.ts";

export const jsonataSuite: Suite = {
  name: "JSONata (the official suite)",
  run() {
    if (suiteGroups.length === 0) return { cases: 0, failures: [], skipped: `it is not at ${SUITE}` };
    let cases = 0;
    let differing = 0;
    const failures: string[] = [];
    for (const group of suiteGroups) {
      const all = casesOf(group);
      const different = all.filter((one) => !agrees(group, one)).length;
      cases += all.length;
      differing += different;
      if (different !== (DIFFERENT[group] ?? 0))
        failures.push(`${group}: ${different} of ${all.length} differ, expected ${DIFFERENT[group] ?? 0}`);
    }
    return { cases, failures, remark: `${cases - differing} of ${cases} agree; ${differing} are known to differ` };
  },
};
