import { checkConnection } from "../http/check-connection.ts";
import type { ClientOptions } from "./client-options.ts";

/** What is wrong with the options of a client, in words. */
export function checkClient(options: ClientOptions): readonly string[] {
  const { tool, resource, url, arguments: given, headers, secretHeaders = {} } = options;
  const faults: string[] = [];
  if ((tool === undefined) === (resource === undefined)) faults.push("a client either calls a tool or reads a resource");
  if (resource !== undefined && given !== undefined) faults.push("arguments are of tools; a resource is only read");
  if (resource !== undefined && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(resource))
    faults.push(`"${resource}" is no URI of a resource: expected a scheme, as in orders://today`);
  const place = URL.parse(url);
  if (place === null || !/^https?:$/.test(place.protocol)) faults.push(`url: ${url} is no absolute http or https URL`);
  else if (place.username !== "" || place.password !== "" || place.hash !== "")
    faults.push("url: it has a user or a fragment; credentials belong into auth");
  for (const name of [...Object.keys(headers), ...Object.keys(secretHeaders)])
    if (/^(?:accept|content-type|mcp-session-id|mcp-protocol-version|host|content-length)$/i.test(name))
      faults.push(`the header ${name} is set by the client itself`);
  return [...faults, ...checkConnection(options)];
}
