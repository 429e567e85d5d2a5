import type { ContractCheck, RouteDefinition } from "@portolan/core";
import type { DescribedDoor } from "@portolan/connectors/rest";
import type { ApiDocument } from "@portolan/formats/openapi";
import { contractPaths, type LoadedApp } from "@portolan/host";
import { platform } from "../platform.ts";
import { linksOf } from "./app-links.ts";

/** Doors of an app whose contract is more than what their routes say. */
export function hasOwnContract({ api, parameters }: DescribedDoor["options"]): boolean {
  return api !== undefined || parameters !== undefined;
}

/** The API description of an app's REST doors: contracts, errors, and as tags what each route is tagged with and which systems it calls. */
export async function apiOfApp(
  { definition, directory }: LoadedApp,
  version: string,
  isWanted: (options: DescribedDoor["options"]) => boolean = () => true,
): Promise<ApiDocument> {
  const { describeDoors } = await import("@portolan/connectors/rest");
  const [formats, contracts] = await Promise.all([platform.formats(directory), platform.contracts(directory, contractPaths(definition))]);
  const compile = (contract: RouteDefinition["input"]): ContractCheck | undefined =>
    contract === undefined ? undefined : contracts.compile(contract);
  const doors = definition.routes.flatMap((route) =>
    route.from.flatMap((source): DescribedDoor[] => {
      if (source.kind !== "connector" || source.connector.name !== "rest") return [];
      // Options of a source have been read by the specs of its connector.
      const options = source.options as DescribedDoor["options"];
      if (!isWanted(options)) return [];
      const parameters = {
        path: compile(options.parameters?.path),
        query: compile(options.parameters?.query),
        headers: compile(options.parameters?.headers),
      };
      const { id, title, note, input, output } = route;
      const all = [...new Set([...route.tags, ...linksOf(route).systems])];
      return [{ options, route: id, title, note, tags: all, input: compile(input), output: compile(output), parameters }];
    }),
  );
  const used = new Set(doors.flatMap(({ tags }) => tags));
  const tags = definition.systems
    .filter(({ name }) => used.has(name))
    .map(({ name, title }) => ({ name, ...(title === undefined ? {} : { description: title }) }));
  return describeDoors({ title: definition.name, version, tags, doors, services: { ...formats, directory } });
}
