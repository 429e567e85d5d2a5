import { printable } from "@portolan/core";
import { diffValues, type CoverageReport, type Difference, type MissedPoint, type RouteCoverage } from "@portolan/testkit";
import type { Paint } from "./paint.ts";
import { renderTable } from "./table.ts";

const COLOURS = { "-": "red", "+": "green", " ": "dim" } as const;

/** What a case expected (-) and what was found (+), line by line. */
export function renderDifferences(differences: readonly Difference[], paint: Paint): string {
  const shown = differences.filter((found) => "expected" in found && "found" in found);
  if (shown.length === 0) return "";
  const legend = `    ${paint("red", "- expected")}  ${paint("green", "+ found")}\n`;
  return (
    legend +
    shown
      .map(({ where, expected, found }) => {
        const lines = diffValues(expected, found).map(({ sign, text }) => `    ${paint(COLOURS[sign], printable(`${sign} ${text}`))}\n`);
        return `  ${paint("bold", printable(where))}\n${lines.join("")}`;
      })
      .join("")
  );
}

/** A table of the routes, and what no message reached. */
export function renderCoverage({ routes, steps, branches, percent }: CoverageReport, paint: Paint): string {
  const row = (name: string, { steps: ran, branches: taken }: Pick<RouteCoverage, "steps" | "branches">, end = "") => [
    name,
    `${ran.reached}/${ran.total}`,
    `${taken.reached}/${taken.total}`,
    end,
  ];
  const table = renderTable([
    ["route", "steps", "branches"],
    ...routes.map((route) => row(nameOf(route.route), route)),
    row("all", { steps, branches }, `${percent} %`),
  ]);
  const missed = routes.flatMap(({ route, missed: points }) => points.map((point) => missedRow(nameOf(route), point)));
  const list = missed.length === 0 ? "" : `\n${paint("yellow", "not reached")}\n${renderTable(missed)}`;
  return table + list;
}

/** What is the app's own has no route. */
function nameOf(route: string): string {
  return route === "" ? "(app)" : route;
}

function missedRow(route: string, { step, pattern, branch, place }: MissedPoint): readonly string[] {
  const where = place === undefined ? "" : `${place.file}:${place.line ?? 1}`;
  return [`  ${route}`, step, printable(branch === undefined ? pattern : `${pattern}: ${branch}`), where];
}
