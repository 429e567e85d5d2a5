import { PortolanError, silentLogger, type ClauseDefinition, type Finding } from "@portolan/core";
import { createEngine, sourceFindings } from "@portolan/engine";
import { bodyFindings, type BodyFindings } from "./body-shapes.ts";
import { engineParts } from "./engine-parts.ts";
import { emptyFlows } from "./flow-file.ts";
import type { LoadedApp } from "./load-app.ts";
import { invalidConfiguration } from "./load-config.ts";
import type { Platform } from "./platform.ts";
import { proxyFindings } from "./request-checks.ts";
import { createSystemClock } from "./system-clock.ts";
import { systemRandom } from "./system-random.ts";
import { unreachableSteps } from "./unreachable-steps.ts";

/** Compiles an app as a start would, without its sources and its store. Throws PORTOLAN_CONFIG_INVALID with all findings if it could not start; answers what would go wrong later. */
export async function checkApp(app: LoadedApp, platform: Platform): Promise<BodyFindings> {
  const { createMemoryStore } = await import("@portolan/stores");
  const clock = createSystemClock();
  const store = createMemoryStore({ clock });
  const parts = await engineParts(app, platform, { http: undefined, isProduction: false });
  const engine = createEngine({
    ...parts,
    stores: { memory: store, durable: createMemoryStore({ clock }) },
    clock,
    random: systemRandom,
    log: silentLogger,
  });
  try {
    engine.compile();
  } catch (error) {
    throw error instanceof PortolanError && error.findings !== undefined
      ? invalidConfiguration(app.directory, error.findings, error)
      : error;
  }
  const { errors, warnings } = bodyFindings(app.definition, parts);
  return {
    errors: [...(await sourceFindings(app.definition, parts.services)), ...(await proxyFindings(app, platform)), ...errors],
    warnings: [...warningsOf(app), ...warnings],
  };
}

function warningsOf({ definition, input }: LoadedApp): readonly Finding[] {
  const { routes, errors } = definition;
  return [
    ...emptyFlows(input.flows),
    ...routes
      .filter(({ deadLetter }) => deadLetter === false)
      .map(({ id, place }): Finding => ({
        path: `routes.${id}.deadLetter`,
        message: `messages of the route "${id}" that fail are only logged, and lost`,
        hint: "leave `deadLetter: false` out, unless that is meant",
        ...(place === undefined ? {} : { place }),
      })),
    ...routes.flatMap(({ id, onError, place }) =>
      unreachableClauses(onError, `routes.${id}.onError`).map((finding) => ({ ...finding, ...(place === undefined ? {} : { place }) })),
    ),
    ...unreachableClauses(errors.onError, "errors.onError"),
    ...unreachableSteps(definition),
  ];
}

/** The first clause that matches wins, so that a clause behind a wider one is never chosen. */
function unreachableClauses(clauses: readonly ClauseDefinition[], path: string): Finding[] {
  return clauses.flatMap((clause, index) => {
    const wider = clauses.slice(0, index).findIndex((earlier) => covers(earlier, clause));
    if (wider < 0) return [];
    return [
      {
        path: `${path}.${index}`,
        message: `clause ${index} can never match: clause ${wider} takes all of its errors`,
        hint: "put the narrower clause first",
      },
    ];
  });
}

function covers(earlier: ClauseDefinition, later: ClauseDefinition): boolean {
  // After the last attempt, the clause is chosen again among those that do not continue.
  if (earlier.outcome === "continue" && later.outcome !== "continue") return false;
  const { kind, code, message, when } = earlier.match;
  if (message !== undefined || when !== undefined) return false;
  return includesAll(kind, later.match.kind) && (code?.includes("*") === true || includesAll(code, later.match.code));
}

function includesAll(wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean {
  return wide === undefined || (narrow !== undefined && narrow.every((value) => wide.includes(value)));
}
