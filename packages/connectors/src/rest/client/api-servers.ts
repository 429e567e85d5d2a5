import { nearestName, listNames } from "@portolan/core";
import type { ApiDocument, ApiOperation } from "@portolan/formats/openapi";
import type { ClientOptions } from "./options.ts";
import { invalidServer as invalid, serverAddresses } from "../../http/servers.ts";

type Choice = Pick<ClientOptions, "servers" | "variables">;

/** The addresses of an operation: those of the options, or the first server of its description. Throws PORTOLAN_CONFIG_INVALID if there is none that can be called. */
export function apiServers(
  { servers, variables = {} }: Choice,
  { serverVariables, ...api }: ApiDocument,
  operation: ApiOperation,
): readonly string[] {
  const unknown = Object.keys(variables).find((name) => !Object.hasOwn(serverVariables, name));
  if (unknown !== undefined)
    throw invalid(`the servers have no variable ${JSON.stringify(unknown)}`, nearestHint(unknown, Object.keys(serverVariables)));
  if (servers !== undefined) return serverAddresses(servers);
  const [first] = operation.servers ?? api.servers;
  if (first === undefined) throw invalid("the description names no server", "say where it is: servers: https://…");
  const filled = first.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const variable = Object.hasOwn(serverVariables, name) ? serverVariables[name] : undefined;
    const value = variables[name] ?? variable?.default;
    if (value === undefined || value === "")
      throw invalid(`the server ${first} has a variable without a value: ${name}`, `say variables: { ${name}: … }`);
    if (variable?.enum !== undefined && !variable.enum.includes(value))
      throw invalid(`the variable ${name} of the server cannot be ${JSON.stringify(value)}`, `expected one of ${listNames(variable.enum)}`);
    return value;
  });
  return serverAddresses([filled]);
}

function nearestHint(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `expected ${known.length === 0 ? "none" : `one of ${listNames(known)}`}` : `did you mean "${nearest}"?`;
}
