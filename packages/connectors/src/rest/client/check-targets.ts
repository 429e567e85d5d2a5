import { PortolanError, type ConnectorServices, type Finding, type PlacedTarget } from "@portolan/core";
import { apiPlan } from "./api-plan.ts";
import type { ClientOptions } from "./options.ts";

/** Clients of API descriptions whose document, operation, names or credentials are not what the document says. */
export async function clientFindings(targets: readonly PlacedTarget[], services: ConnectorServices): Promise<readonly Finding[]> {
  const found = await Promise.all(
    targets.map(async ({ options, path, place }): Promise<readonly Finding[]> => {
      // The options of this connector's targets were read by its specs.
      const own = options as ClientOptions;
      const { client, operation = "" } = own;
      if (client === undefined) return [];
      try {
        await apiPlan(own, { client, operation }, { services, expression: () => () => undefined });
        return [];
      } catch (error) {
        if (!(error instanceof PortolanError)) throw error;
        const { message, hint } = error;
        return [{ path, message, ...(place === undefined ? {} : { place }), ...(hint === undefined ? {} : { hint }) }];
      }
    }),
  );
  return found.flat();
}
