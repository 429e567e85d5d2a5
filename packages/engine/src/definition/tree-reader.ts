import { readSource, readTarget } from "./read-endpoints.ts";
import { readSteps } from "./read-steps.ts";
import { asTree, type Reading, type TreeContext } from "./tree-context.ts";

const PARAMETER = /\{\{(\w+)\}\}/;
const PARAMETERS = /\{\{(\w+)\}\}/g;

/** The context of one place in a tree; nested places come from it. */
export function treeContext(reading: Reading, segments: readonly (string | number)[] = []): TreeContext {
  return {
    segments,
    reading,
    path: segments.join("."),
    at: (segment) => treeContext(reading, [...segments, segment]),
    place: () => reading.tree.locate(segments),
    report(finding) {
      // A finding about a key found that key; all others are about the value.
      const place = reading.tree.locate(segments, finding.found === segments.at(-1) ? "key" : "value");
      reading.findings.push({ path: segments.join("."), ...finding, ...(place === undefined ? {} : { place }) });
    },
    substitute(value) {
      const { params } = reading;
      if (params === undefined || typeof value !== "string") return value;
      const whole = PARAMETER.exec(value);
      if (whole?.[1] !== undefined && whole[0] === value) return Object.hasOwn(params, whole[1]) ? params[whole[1]] : value;
      return value.replaceAll(PARAMETERS, (text, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : text));
    },
    variable(name) {
      const value = reading.registry.variables(name);
      if (value === undefined)
        this.report({
          message: `the variable ${name} is not set`,
          expected: `an environment variable ${name}`,
          found: "nothing",
          hint: `set ${name} before the start`,
        });
      return value;
    },
    nested: {
      steps: (value, context) => readSteps(value, asTree(context)),
      target: (value, context) => readTarget(value, asTree(context)),
      source: (value, context) => readSource(value, asTree(context)),
    },
  };
}
