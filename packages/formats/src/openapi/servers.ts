import { isRecord, type JsonSchema } from "@portolan/core";
import type { ApiServerVariable } from "./api-document.ts";
import { given, text, texts } from "./parts.ts";

export function serverUrls(servers: unknown): readonly string[] {
  return Array.isArray(servers) ? servers.flatMap((server) => (isRecord(server) ? (text(server["url"]) ?? []) : [])) : [];
}

/** The variables of servers; of two with one name the first counts. */
export function serverVariables(servers: unknown): Readonly<Record<string, ApiServerVariable>> {
  const all = new Map<string, ApiServerVariable>();
  for (const server of Array.isArray(servers) ? servers : []) {
    const variables: unknown = isRecord(server) ? server["variables"] : undefined;
    if (!isRecord(variables)) continue;
    for (const [name, variable] of Object.entries(variables)) {
      if (!isRecord(variable) || all.has(name)) continue;
      const values = texts(variable["enum"]);
      all.set(name, {
        default: text(variable["default"]) ?? "",
        ...given("enum", values.length === 0 ? undefined : values),
        ...given("description", text(variable["description"])),
      });
    }
  }
  return Object.fromEntries(all);
}

/** Servers as a document of OpenAPI has them, each with the variables that it names. */
export function writtenServers(urls: readonly string[], variables: Readonly<Record<string, ApiServerVariable>>): readonly JsonSchema[] {
  return urls.map((url) => {
    const own = Object.entries(variables).filter(([name]) => url.includes(`{${name}}`));
    return { url, ...(own.length === 0 ? {} : { variables: Object.fromEntries(own) }) };
  });
}
