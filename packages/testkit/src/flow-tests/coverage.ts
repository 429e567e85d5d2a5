import type { Place } from "@portolan/core";
import type { PointObserver, RoutePoint } from "@portolan/engine";

/** Which steps of an app tests ran, and which ways messages took through them. */
export interface Coverage {
  /** For the engine; several tests, and several lives of a node, may share it. */
  readonly observePoint: PointObserver;
  report(): CoverageReport;
}

export interface CoverageReport {
  /** By route, in the order of the app; what all routes share, such as the app's error clauses, under the name "". */
  readonly routes: readonly RouteCoverage[];
  readonly steps: Share;
  readonly branches: Share;
  /** Of all steps and branches, those that were reached, in percent. */
  readonly percent: number;
}

export interface RouteCoverage {
  readonly route: string;
  readonly steps: Share;
  readonly branches: Share;
  readonly missed: readonly MissedPoint[];
}

export interface Share {
  readonly reached: number;
  readonly total: number;
}

/** A step that did not run, or a branch that no message took. */
export interface MissedPoint {
  readonly step: string;
  readonly pattern: string;
  readonly branch?: string;
  readonly place?: Place;
}

interface CountedPoint {
  readonly point: RoutePoint;
  readonly owner: string;
  count: number;
}

export function createCoverage(): Coverage {
  const points = new Map<string, CountedPoint>();
  return {
    observePoint(point) {
      const owner = isShared(point.path) ? "" : point.route;
      const key = JSON.stringify([owner, point.path, point.branch, point.place?.file, point.place?.line]);
      const counted = points.get(key) ?? { point, owner, count: 0 };
      points.set(key, counted);
      return () => {
        counted.count += 1;
      };
    },
    report() {
      const all = [...points.values()];
      const byOwner = Map.groupBy(all, ({ owner }) => owner);
      return {
        routes: [...byOwner].map(([route, own]) => ({
          route,
          ...sharesOf(own),
          missed: missedOf(own),
        })),
        ...sharesOf(all),
        percent: percentOf(shareOf(all)),
      };
    },
  };
}

/** Clauses and interceptions of the app are compiled for each route, and are one thing all the same. */
function isShared(path: string): boolean {
  return path.startsWith("errors.") || path.startsWith("intercept.");
}

function sharesOf(points: readonly CountedPoint[]): Pick<RouteCoverage, "steps" | "branches"> {
  const { steps = [], branches = [] } = Object.groupBy(points, ({ point }) => (point.branch === undefined ? "steps" : "branches"));
  return { steps: shareOf(steps), branches: shareOf(branches) };
}

function shareOf(points: readonly CountedPoint[]): Share {
  return { reached: points.filter(({ count }) => count > 0).length, total: points.length };
}

/** Of nothing all is reached. Rounded down: 100 is only what is complete. */
function percentOf({ reached, total }: Share): number {
  return total === 0 ? 100 : Math.floor((reached / total) * 1000) / 10;
}

const inOrder = new Intl.Collator("en", { numeric: true });

/** In the order in which they are written. */
function missedOf(points: readonly CountedPoint[]): readonly MissedPoint[] {
  return points
    .filter(({ count }) => count === 0)
    .map(({ point }) => point)
    .toSorted((a, b) => inOrder.compare(a.path, b.path))
    .map(({ step, pattern, branch, place }) => ({
      step,
      pattern,
      ...(branch === undefined ? {} : { branch }),
      ...(place === undefined ? {} : { place }),
    }));
}
