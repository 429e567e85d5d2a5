import type { Place } from "@portolan/core";
import type { Step } from "./step.ts";

/** A point of a route that messages come to: a step, or one of the ways that a step or an error clause has for them. */
export interface RoutePoint {
  readonly route: string;
  /** The step's id, or the clause, such as `onError.0`; the app's are `errors.onError.0`. */
  readonly step: string;
  /** The step's pattern, or `onError`. */
  readonly pattern: string;
  /** The way, such as `otherwise`; undefined for the step itself. */
  readonly branch?: string;
  /** Where it stands in the tree. Parts of the app, and of a template, stand at one place for all routes that have them. */
  readonly path: string;
  readonly place?: Place;
}

/** Asked about each point when it is compiled; what it answers is called whenever a message comes there. */
export type PointObserver = (point: RoutePoint) => () => void;

/** A step that tells when it runs; the step itself where nobody wants to know. */
export function noting(step: Step, reached: (() => void) | undefined): Step {
  if (reached === undefined) return step;
  return (message, execution) => {
    reached();
    return step(message, execution);
  };
}
