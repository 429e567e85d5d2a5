import { PortolanError, readOptions, type Finding, type ReadContext } from "@portolan/core";
import { checkProxy, proxyOptions, type ProxyInput, type ProxyOptions } from "./proxy-options.ts";

/**
 * The options of a proxy as people write it, with their defaults; `${NAME}` in a text is the environment variable NAME. Throws
 * PORTOLAN_CONFIG_INVALID with all that is wrong as findings.
 */
export function readProxy(input: ProxyInput): ProxyOptions {
  const findings: Finding[] = [];
  const options = readOptions(proxyOptions, input, contextAt("proxy", findings));
  if (options !== undefined) findings.push(...checkProxy(options).map((message) => ({ path: "proxy", message })));
  if (options !== undefined && findings.length === 0) return options;
  const message = findings.map((finding) => `${finding.path}: ${finding.message}`).join("; ");
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", message, { findings });
}

function contextAt(path: string, findings: Finding[]): ReadContext {
  const nothing = () => undefined;
  return {
    path,
    at: (segment) => contextAt(`${path}.${segment}`, findings),
    report: (finding) => void findings.push({ path, ...finding }),
    variable(name) {
      const value = process.env[name];
      if (value === undefined) findings.push({ path, message: `the environment variable ${name} is not set` });
      return value;
    },
    substitute: (value) => value,
    nested: { steps: nothing, target: nothing, source: nothing },
  };
}
