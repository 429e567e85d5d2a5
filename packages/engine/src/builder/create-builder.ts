import { PortolanError, isRecord } from "@portolan/core";
import type { PatternDefinition } from "../pattern.ts";
import type { RawStep } from "./steps.ts";

/** What a list in the making belongs to: a route, or a block of one. */
export interface RouteParts {
  readonly id: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly from: readonly unknown[];
  readonly onError: readonly unknown[];
  readonly onComplete: readonly unknown[];
  readonly intercept: readonly unknown[];
}

type Method = (this: Builder, ...args: readonly unknown[]) => Builder;

export interface Builder {
  readonly steps: readonly RawStep[];
  /** The route's id, so that the builder itself is a target of `call` and `to`. */
  readonly route?: string;
  readonly parts?: RouteParts;
}

/** Makes the builder for a registry of patterns: one method a pattern. */
export function createBuilder(patterns: readonly PatternDefinition[]): (parts: RouteParts) => Builder {
  const methods: Record<string, Method> = {};

  const make = (steps: readonly RawStep[], parts: RouteParts | undefined): Builder => {
    const builder: Builder = parts === undefined ? { steps } : { steps, parts, route: parts.id };
    return Object.assign(Object.create(methods) as object, builder);
  };

  const block = (build: unknown): readonly RawStep[] => {
    if (typeof build !== "function") throw usage("a block is a function that appends steps, such as (r) => r.map(…)");
    const built: unknown = build(make([], undefined));
    if (!isRecord(built) || !Array.isArray(built["steps"])) throw usage("a block must return what its last step returned");
    // Only `make` yields objects with a list of steps.
    return built["steps"] as readonly RawStep[];
  };

  for (const pattern of patterns) {
    for (const [name, method] of Object.entries(pattern.methods ?? { [pattern.name]: pattern.method })) {
      methods[name] = function (...args) {
        const { own, rest } = stepOptions(args);
        const value = method === undefined ? rest[0] : method(rest.map(plainTarget), block);
        return make([...this.steps, { ...own, [pattern.name]: value }], this.parts);
      };
    }
    for (const [name, amend] of Object.entries(pattern.amendments ?? {})) {
      methods[name] = function (...args) {
        const last = this.steps.at(-1);
        if (last === undefined || !(pattern.name in last)) throw usage(`.${name}() follows .${pattern.name}()`);
        return make([...this.steps.slice(0, -1), { ...last, [pattern.name]: amend(last[pattern.name], args, block) }], this.parts);
      };
    }
  }

  methods["from"] = function (...sources) {
    return make(this.steps, routeOf(this, { from: sources }));
  };
  methods["onError"] = function (match, clause, steps) {
    const whole =
      isRecord(match) &&
      clause === undefined &&
      steps === undefined &&
      ("match" in match || "retry" in match || "outcome" in match || "deadLetter" in match);
    const raw = whole ? { ...(match as object) } : { match: match ?? {}, ...(isRecord(clause) ? clause : {}) };
    const withSteps = steps === undefined ? raw : { ...raw, steps: block(steps) };
    return make(this.steps, routeOf(this, { onError: [channelNames(withSteps)] }));
  };

  methods["onComplete"] = function (on, steps, options) {
    return make(this.steps, routeOf(this, { onComplete: [{ on, ...(isRecord(options) ? options : {}), steps: block(steps) }] }));
  };
  methods["intercept"] = function (interception, steps) {
    return make(this.steps, routeOf(this, { intercept: [{ ...(isRecord(interception) ? interception : {}), steps: block(steps) }] }));
  };

  return (parts) => make([], parts);
}

type RouteLists = Pick<RouteParts, "from" | "onError" | "onComplete" | "intercept">;

function routeOf(builder: Builder, more: Partial<RouteLists>): RouteParts {
  const { parts } = builder;
  if (parts === undefined) throw usage("only a route has sources, error clauses, completions and interceptions");
  return {
    ...parts,
    from: [...parts.from, ...(more.from ?? [])],
    onError: [...parts.onError, ...(more.onError ?? [])],
    onComplete: [...parts.onComplete, ...(more.onComplete ?? [])],
    intercept: [...parts.intercept, ...(more.intercept ?? [])],
  };
}

/** A step's id and note stand beside the pattern's own options: in the last argument, or in the one before the block. */
function stepOptions(args: readonly unknown[]): { readonly own: RawStep; readonly rest: readonly unknown[] } {
  const index = typeof args.at(-1) === "function" ? args.length - 2 : args.length - 1;
  const options = args[index];
  if (!isRecord(options) || Object.getPrototypeOf(options) !== Object.prototype || Object.getOwnPropertySymbols(options).length > 0)
    return { own: {}, rest: args };
  const { id, note, ...rest } = options;
  if (typeof id !== "string" && typeof note !== "string") return { own: {}, rest: args };
  const own = { ...(id === undefined ? {} : { id }), ...(note === undefined ? {} : { note }) };
  return { own, rest: args.toSpliced(index, 1, ...(Object.keys(rest).length === 0 ? [] : [rest])) };
}

/** A route's builder as a target is its name. */
function plainTarget(argument: unknown): unknown {
  return isRecord(argument) && "parts" in argument && typeof argument["route"] === "string" ? { route: argument["route"] } : argument;
}

function channelNames(clause: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { deadLetter } = clause;
  return isRecord(deadLetter) && "channel" in deadLetter ? { ...clause, deadLetter: deadLetter["channel"] } : clause;
}

function usage(message: string): PortolanError {
  return new PortolanError("PORTOLAN_USAGE", message);
}
