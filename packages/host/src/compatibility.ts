import { PortolanError, type Contract, type ContractCompiler, type Finding, type RouteDefinition } from "@portolan/core";
import { contractPaths } from "./app-contents.ts";
import type { LoadedApp } from "./load-app.ts";
import type { Platform } from "./platform.ts";

/**
 * Which of two versions must be able to deal with the other's messages. `backward`: this one with those of the other, which is what clients and
 * waiting messages need; `forward`: the other with those of this one, which a rollback needs.
 */
export type Compatibility = "backward" | "forward" | "full";

/** What breaks whoever relies on another version of an app: routes and doors that are gone, contracts that ask for more or promise less. */
export async function compatibilityFindings(
  { app, other, platform }: { readonly app: LoadedApp; readonly other: LoadedApp; readonly platform: Platform },
  mode: Compatibility,
): Promise<readonly Finding[]> {
  const [own, others] = await Promise.all([versionOf(app, platform), versionOf(other, platform)]);
  return [
    ...(mode === "forward" ? [] : broken(others, own, "")),
    ...(mode === "backward" ? [] : broken(own, others, "the other version, with messages of this one: ")),
  ];
}

interface Version {
  readonly app: LoadedApp["definition"];
  readonly contracts: ContractCompiler;
}

async function versionOf({ definition, directory }: LoadedApp, platform: Platform): Promise<Version> {
  return { app: definition, contracts: await platform.contracts(directory, contractPaths(definition)) };
}

/** What breaks for those who know `before` when they meet `after`. */
function broken(before: Version, after: Version, words: string): readonly Finding[] {
  const routes = new Map(after.app.routes.map((route) => [route.id, route]));
  const channels = new Map(after.app.channels.map((channel) => [channel.name, channel]));
  const findings = [
    ...before.app.routes.flatMap((route) => {
      const next = routes.get(route.id);
      return next === undefined ? gone(`routes.${route.id}`, `the route "${route.id}"`) : routeFindings({ before, after }, route, next);
    }),
    ...before.app.channels.flatMap((channel) => {
      const next = channels.get(channel.name);
      const path = `channels.${channel.name}`;
      if (next === undefined)
        return channel.mode === "durable" ? gone(path, `the durable channel "${channel.name}", with what may wait in it,`) : [];
      return contractFindings(`${path}.contract`, schemaOf(before, channel.contract), { after, schema: schemaOf(after, next.contract) });
    }),
  ];
  return findings.map((finding) => ({ ...finding, message: `${words}${finding.message}` }));
}

function routeFindings(
  versions: { readonly before: Version; readonly after: Version },
  route: RouteDefinition,
  next: RouteDefinition,
): readonly Finding[] {
  const { before, after } = versions;
  const path = `routes.${route.id}`;
  const doors = new Set(doorsOf(next));
  return [
    ...doorsOf(route).flatMap((door) => (doors.has(door) ? [] : gone(`${path}.from`, `the door ${door} of the route "${route.id}"`))),
    ...contractFindings(`${path}.input`, schemaOf(before, route.input), { after, schema: schemaOf(after, next.input) }),
    ...contractFindings(`${path}.output`, schemaOf(after, next.output), { after, schema: schemaOf(before, route.output) }),
  ].map((finding) => ({ ...finding, ...(next.place === undefined ? {} : { place: next.place }) }));
}

/** Sources that answer are what clients know. */
function doorsOf({ from }: RouteDefinition): readonly string[] {
  return from.flatMap((source) => {
    if (source.kind !== "connector" || source.connector.source?.replies !== true) return [];
    return [`${source.connector.name}: ${source.connector.source.describe(source.options)}`];
  });
}

type Schema = NonNullable<ReturnType<ContractCompiler["compile"]>["jsonSchema"]>;

function schemaOf({ contracts }: Version, contract: Contract | undefined): Schema {
  return contract === undefined ? true : (contracts.compile(contract).jsonSchema ?? true);
}

/** Without a contract before, anything went. */
function contractFindings(
  path: string,
  found: Schema,
  { after, schema }: { readonly after: Version; readonly schema: Schema },
): readonly Finding[] {
  return (after.contracts.compare?.(found, schema, { limits: true }) ?? []).map(({ path: field, message }) => ({
    path,
    message: `${field === "" ? "the body" : field}: ${message}`,
    hint: "make the change in a way that both sides can live with, such as a new optional field or a new route",
  }));
}

function gone(path: string, what: string): readonly Finding[] {
  return [{ path, message: `${what} is gone`, hint: "keep it until nobody uses it any more" }];
}

/** What a user may ask for. */
export function readCompatibility(text: string): Compatibility {
  if (text === "backward" || text === "forward" || text === "full") return text;
  throw new PortolanError("PORTOLAN_USAGE", `--compatibility must be backward, forward or full, found ${JSON.stringify(text)}`);
}
