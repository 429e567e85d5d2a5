import assert from "node:assert/strict";
import { readOptions, type Finding, type OptionSpecs, type OptionsOf, type ReadContext } from "@portolan/core";

/** Options as a flow file holds them, read by their specs; what is wrong with them fails the test. */
export function readRawOptions<Specs extends OptionSpecs>(specs: Specs, raw: Readonly<Record<string, unknown>>): OptionsOf<Specs> {
  const { options, findings } = tryRawOptions(specs, raw);
  assert.ok(options, `the options are not valid: ${JSON.stringify(findings)}`);
  return options;
}

/** The same, with the findings instead of a failure. */
export function tryRawOptions<Specs extends OptionSpecs>(
  specs: Specs,
  raw: Readonly<Record<string, unknown>>,
): { readonly options: OptionsOf<Specs> | undefined; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const options = readOptions(specs, raw, contextAt("", findings));
  return { options, findings };
}

function contextAt(path: string, findings: Finding[]): ReadContext {
  const none = () => {
    throw new assert.AssertionError({ message: "a connector's options hold no steps, targets or sources" });
  };
  return {
    path,
    at: (segment) => contextAt(path === "" ? String(segment) : `${path}.${segment}`, findings),
    report: (finding) => findings.push({ path, ...finding }),
    variable: () => undefined,
    substitute: (value) => value,
    nested: { steps: none, target: none, source: none },
  };
}
