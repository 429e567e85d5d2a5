import type { ClauseDefinition, ContractCheck, RouteDefinition } from "@portolan/core";
import type { InboxOptions } from "../pattern.ts";
import { compileSteps, contractOf, predicateAt, type CompileContext, type Report, type StepContext } from "./compile-steps.ts";
import { withCompletions, type Completion } from "./completion.ts";
import { inboxOf } from "./dead-letter.ts";
import { createGate } from "./gate.ts";
import { interceptedStep, matching, type Interception } from "./interception.ts";
import { compileMatch, type Clause, type Policy } from "./policy.ts";
import { planRetry } from "./retry.ts";
import { createRoute, type Route } from "./route.ts";
import { MOST_ON_THE_SIDE } from "./asides.ts";
import type { Step } from "./step.ts";

/** Completions out of the store that run at once. */
const AT_ONCE = 16;

/** A route with what belongs to it. */
export interface CompiledRoute {
  readonly route: Route;
  /** Blocks that dead letters go back to, by their inbox. */
  readonly reentries: ReadonlyMap<string, Reentry>;
  readonly input: ContractCheck | undefined;
  readonly output: ContractCheck | undefined;
}

/** A block that has an inbox of its own. */
export interface Reentry {
  readonly route: Route;
  /** The route that the inbox belongs to. */
  readonly owner: string;
  readonly concurrency: number;
  /** Set for work on the side; `enters` names the route that messages go through instead. */
  readonly onTheSide?: InboxOptions["onTheSide"];
}

export function compileRoute(context: CompileContext, definition: RouteDefinition, report: Report): CompiledRoute {
  const path = `routes.${definition.id}`;
  const input = contractOf(context, definition.input, { path: `${path}.input`, report });
  const output = contractOf(context, definition.output, { path: `${path}.output`, report });
  const blocks: { readonly step: string; readonly block: Step; readonly options: InboxOptions }[] = [];
  const reenter = (step: string, block: Step, options: InboxOptions = {}) => blocks.push({ step, block, options });
  const plain: StepContext = { context, definition, policy: undefined, interceptions: [], topLevel: false, report, reenter };
  const policy = compilePolicy(plain, path);
  const interceptions = compileInterceptions({ ...plain, policy }, path);
  const completions = compileCompletions(plain, path);
  const steps = compileSteps(definition.steps, { ...plain, policy, interceptions, topLevel: true });
  const whole = interceptedStep(withCompletions(steps, completions), matching(interceptions, "from", definition.id));
  const parts = { definition, policy, completions };
  const route = createRoute({ ...parts, steps: whole, input, output });
  const onTheSide = { definition: { ...definition, deadLetter: undefined }, policy: NO_POLICY };
  const reentries = blocks.map(({ step, block, options: { concurrency = 1, onTheSide: side } }): [string, Reentry] => {
    const own = { ...parts, ...(side === undefined ? {} : onTheSide) };
    const again = createRoute({ ...own, completions: [], steps: block, input: undefined, output: undefined });
    return [inboxOf(definition.id, step), { route: again, owner: definition.id, concurrency, onTheSide: side }];
  });
  return { route, reentries: new Map(reentries), input, output };
}

const NO_POLICY: Policy = { own: [], app: [] };

function compilePolicy(within: StepContext, path: string): Policy {
  const { context } = within;
  const compile = (clauses: readonly ClauseDefinition[], at: string, prefix = 0) =>
    clauses.map((clause, index): Clause => {
      const { match, retry } = clause;
      const place = `${at}.onError.${index}`;
      const way = (branch: string) =>
        context.observePoint?.({ route: within.definition.id, step: place.slice(prefix), pattern: "onError", branch, path: place });
      const plan =
        retry === undefined || retry === false
          ? undefined
          : planRetry(retry, {
              random: context.random,
              inherited: context.app.errors.retry,
              predicate: (expression) => predicateAt(within, expression, place),
            });
      // A clause that only retries, and for ever, has no other way.
      const isEndless = plan?.attempts === Infinity && plan.maxElapsed === undefined && plan.retryWhile === undefined;
      return {
        definition: clause,
        retried: plan === undefined ? undefined : way("retry"),
        taken: isEndless && clause.outcome === "fail" ? undefined : way(clause.outcome),
        matches: compileMatch(match, match.when === undefined ? undefined : predicateAt(within, match.when, place)),
        retry: plan,
        named: match.kind !== undefined || match.code !== undefined,
        steps: compileSteps(clause.steps, within),
      };
    });
  return { own: compile(within.definition.onError, path, path.length + 1), app: compile(context.app.errors.onError, "errors") };
}

/** The route's interceptions, then the app's. They do not intercept themselves. */
function compileInterceptions(within: StepContext, path: string): readonly Interception[] {
  const all = [
    ...within.definition.intercept.map((definition, index) => ({ definition, at: `${path}.intercept.${index}` })),
    ...within.context.app.intercept.map((definition, index) => ({ definition, at: `intercept.${index}` })),
  ];
  return all.map(({ definition, at }) => ({
    definition,
    when: predicateAt(within, definition.when, at),
    steps: compileSteps(definition.steps, within),
  }));
}

function compileCompletions(within: StepContext, path: string): readonly Completion[] {
  const { context, definition: route } = within;
  const places = createGate(MOST_ON_THE_SIDE);
  return route.onComplete.map((definition, index): Completion => {
    const step = `onComplete.${index}`;
    const steps = compileSteps(definition.steps, within);
    const when = predicateAt(within, definition.when, `${path}.${step}`);
    within.reenter(step, steps, { concurrency: AT_ONCE, onTheSide: {} });
    const begin: Completion["begin"] = (message, reads, run = steps) => context.aside(route, { message, step, reads, run });
    return { definition, steps, when, inbox: inboxOf(route.id, step), places, begin };
  });
}
