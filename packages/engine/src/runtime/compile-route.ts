import type { ClauseDefinition, ContractCheck, Message, RouteDefinition } from "@portolan/core";
import type { InboxOptions } from "../pattern.ts";
import { compileSteps, contractOf, predicateAt, type CompileContext, type Report, type StepContext } from "./compile-steps.ts";
import { withCompletions, type Completion } from "./completion.ts";
import { inboxOf } from "./dead-letter.ts";
import type { Execution } from "./execution.ts";
import { interceptedStep, matching, type Interception } from "./interception.ts";
import { compileMatch, type Clause, type Policy } from "./policy.ts";
import { planRetry } from "./retry.ts";
import { createRoute, type Route } from "./route.ts";
import type { Step } from "./step.ts";

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
  readonly concurrency: number;
}

export function compileRoute(context: CompileContext, definition: RouteDefinition, report: Report): CompiledRoute {
  const path = `routes.${definition.id}`;
  const input = contractOf(context, definition.input, { path: `${path}.input`, report });
  const output = contractOf(context, definition.output, { path: `${path}.output`, report });
  const blocks: { readonly step: string; readonly block: Step; readonly concurrency: number }[] = [];
  const reenter = (step: string, block: Step, { concurrency = 1 }: InboxOptions = {}) => blocks.push({ step, block, concurrency });
  const plain: StepContext = { context, definition, policy: undefined, interceptions: [], topLevel: false, report, reenter };
  const policy = compilePolicy(plain, path);
  const interceptions = compileInterceptions({ ...plain, policy }, path);
  const completions = compileCompletions(plain, path);
  const steps = compileSteps(definition.steps, { ...plain, policy, interceptions, topLevel: true });
  const whole = interceptedStep(withCompletions(steps, completions), matching(interceptions, "from", definition.id));
  const parts = { definition, policy, completions };
  const route = createRoute({ ...parts, steps: whole, input, output });
  const reentries = blocks.map(({ step, block, concurrency }) => {
    const again = createRoute({ ...parts, completions: [], steps: block, input: undefined, output: undefined });
    return [inboxOf(definition.id, step), { route: again, concurrency }] as const;
  });
  return { route, reentries: new Map(reentries), input, output };
}

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
  return route.onComplete.map((definition, index): Completion => {
    const step = `onComplete.${index}`;
    const steps = compileSteps(definition.steps, within);
    const when = predicateAt(within, definition.when, `${path}.${step}`);
    within.reenter(step, steps);
    const run = async (message: Message, execution: Execution) => {
      if (await when(message)) await steps(message, execution);
    };
    return { definition, steps, when, start: (message) => context.aside(route, { message, step, run }) };
  });
}
