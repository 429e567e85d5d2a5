import {
  PortolanError,
  type AppDefinition,
  type ChannelDefinition,
  type Clock,
  type ClauseDefinition,
  type Contract,
  type ContractCheck,
  type ContractCompiler,
  type Expression,
  type Finding,
  type Logger,
  type Random,
  type RouteDefinition,
  type StepNode,
} from "@portolan/core";
import type { BlockOptions, Evaluate, PatternDefinition, StepCompiler, StepServices } from "../pattern.ts";
import { createChannel, type Channel } from "./channel.ts";
import { inboxOf } from "./dead-letter.ts";
import type { Endpoints } from "./endpoints.ts";
import { asPredicate, expressionText, guarded, type Expressions } from "./expressions.ts";
import { compileMatch, type Clause, type Policy } from "./policy.ts";
import { planRetry } from "./retry.ts";
import { createRoute, type Route } from "./route.ts";
import { sequence, type CompiledStep, type SequenceContext } from "./sequence.ts";
import type { Step } from "./step.ts";

export interface CompileContext {
  readonly app: AppDefinition;
  readonly patterns: ReadonlyMap<string, PatternDefinition>;
  readonly expressions: Expressions;
  readonly contracts: ContractCompiler;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly endpoints: Endpoints;
  /** The services of the steps of one route. */
  services(route: RouteDefinition): StepServices;
  readonly traced: boolean;
  readonly stopping: AbortSignal;
}

export interface CompiledApp {
  readonly routes: ReadonlyMap<string, Route>;
  readonly channels: ReadonlyMap<string, Channel>;
  /** Blocks that dead letters go back to, by their inbox. */
  readonly reentries: ReadonlyMap<string, Route>;
  readonly inputs: ReadonlyMap<string, ContractCheck | undefined>;
  readonly outputs: ReadonlyMap<string, ContractCheck | undefined>;
}

type Report = (finding: Finding) => void;

/** Compiles all routes and channels of an app into closures; throws PORTOLAN_CONFIG_INVALID with everything that is wrong. */
export function compileApp(context: CompileContext): CompiledApp {
  const findings: Finding[] = [];
  const report: Report = (finding) => findings.push(finding);
  const routes = new Map<string, Route>();
  const inputs = new Map<string, ContractCheck | undefined>();
  const outputs = new Map<string, ContractCheck | undefined>();
  const readers = new Map<string, string[]>();
  const reentries = new Map<string, Route>();
  for (const definition of context.app.routes) {
    const input = contractOf(context, definition.input, { path: `routes.${definition.id}.input`, report });
    const output = contractOf(context, definition.output, { path: `routes.${definition.id}.output`, report });
    inputs.set(definition.id, input);
    outputs.set(definition.id, output);
    const blocks: [step: string, block: Step][] = [];
    const reenter = (step: string, block: Step) => blocks.push([step, block]);
    const policy = compilePolicy(context, definition, { report, reenter });
    const steps = compileSteps(definition.steps, { context, definition, policy, report, reenter });
    routes.set(definition.id, createRoute({ definition, steps, policy, input, output }));
    for (const [step, block] of blocks) {
      reentries.set(inboxOf(definition.id, step), createRoute({ definition, steps: block, policy, input: undefined, output: undefined }));
    }
    for (const source of definition.from) {
      if (source.kind === "channel") readers.set(source.channel, [...(readers.get(source.channel) ?? []), definition.id]);
    }
  }
  const channels = new Map<string, Channel>();
  for (const definition of context.app.channels) {
    const consumers = () => (readers.get(definition.name) ?? []).map((id) => routes.get(id) as Route);
    channels.set(definition.name, compileChannel(context, definition, { consumers, report }));
  }
  if (findings.length > 0) throw invalidConfiguration(findings);
  return { routes, channels, reentries, inputs, outputs };
}

/** The one error for all that is wrong with a configuration. */
export function invalidConfiguration(findings: readonly Finding[]): PortolanError {
  const first = findings[0];
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : "";
  const where = first?.place === undefined ? first?.path : `${first.place.file}:${first.place.line ?? 1}`;
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `${where}: ${first?.message}${more}`, { findings });
}

interface StepContext {
  readonly context: CompileContext;
  readonly definition: RouteDefinition;
  readonly policy: Policy | undefined;
  readonly report: Report;
  reenter(step: string, block: Step): void;
}

function compileSteps(nodes: readonly StepNode[], within: StepContext): Step {
  const { context } = within;
  const compiled: CompiledStep[] = [];
  for (const [index, node] of nodes.entries()) {
    const pattern = context.patterns.get(node.pattern);
    if (pattern === undefined) {
      within.report({
        path: node.path,
        message: `unknown pattern "${node.pattern}"`,
        expected: [...context.patterns.keys()].join(", "),
        ...place(node),
      });
      continue;
    }
    let consumed = false;
    const rest = () => {
      consumed = true;
      return compileSteps(nodes.slice(index + 1), within);
    };
    compiled.push({ id: node.id, pattern: node.pattern, run: pattern.compile(node, stepCompiler(node, within, rest)) });
    if (consumed) break;
  }
  return sequence(compiled, sequenceContext(within));
}

function sequenceContext({ context, definition, policy }: StepContext): SequenceContext {
  return { route: definition.id, clock: context.clock, policy, traced: context.traced, stopping: context.stopping };
}

function stepCompiler(node: StepNode, within: StepContext, rest: () => Step): StepCompiler {
  const { context, definition, report } = within;
  const invalid = (message: string, expected: string, found: string) =>
    report({ path: node.path, message, expected, found, ...place(node) });
  const invalidExpression = (message: string, found: string) =>
    invalid(`the expression cannot be compiled: ${message}`, "an expression", found);
  const expression = (value: Expression): Evaluate => context.expressions.compile(value, invalidExpression);
  return {
    route: definition.id,
    stepId: node.id,
    clock: context.clock,
    random: context.random,
    log: context.log,
    node: context.services(definition),
    expression,
    fold: (value) => context.expressions.fold(value, invalidExpression),
    predicate: (value) => asPredicate(expression(value)),
    source: expressionText,
    block: (steps, options: BlockOptions = {}) => compileSteps(steps, options.policy === false ? { ...within, policy: undefined } : within),
    rest,
    reenter: (block) => within.reenter(node.id, block),
    target: (target) =>
      context.endpoints.compile(target, { route: definition.id, step: node.id, expression: (address) => expression(address.address) }),
    address: (rules) => (address) => context.endpoints.resolve(address, rules, { route: definition.id, step: node.id }),
    protect: (run) => sequence([{ id: node.id, pattern: node.pattern, run }], sequenceContext(within)),
    // A contract that cannot be used has been reported; the app does not start then.
    contract: (contract) => contractOf(context, contract, { path: node.path, report }) ?? { check: (body) => ({ body }) },
    invalid,
  };
}

function compilePolicy(
  context: CompileContext,
  definition: RouteDefinition,
  { report, reenter }: Pick<StepContext, "report" | "reenter">,
): Policy {
  const compile = (clauses: readonly ClauseDefinition[], path: string) =>
    clauses.map((clause, index) => compileClause(clause, `${path}.${index}`));
  const compileClause = (clause: ClauseDefinition, path: string): Clause => {
    const invalid = (message: string, found: string) =>
      report({ path, message: `the expression cannot be compiled: ${message}`, expected: "an expression", found });
    const predicate = (value: Expression) => asPredicate(guarded(context.expressions.compile(value, invalid)));
    const { match, retry } = clause;
    return {
      definition: clause,
      matches: compileMatch(match, match.when === undefined ? undefined : predicate(match.when)),
      retry:
        retry === undefined || retry === false
          ? undefined
          : planRetry(retry, { random: context.random, inherited: context.app.errors.retry, predicate }),
      named: match.kind !== undefined || match.code !== undefined,
      steps: compileSteps(clause.steps, { context, definition, policy: undefined, report, reenter }),
    };
  };
  return {
    own: compile(definition.onError, `routes.${definition.id}.onError`),
    app: compile(context.app.errors.onError, "errors.onError"),
  };
}

function compileChannel(
  context: CompileContext,
  definition: ChannelDefinition,
  { consumers, report }: { readonly consumers: () => readonly Route[]; readonly report: Report },
): Channel {
  const path = `channels.${definition.name}`;
  const evaluate = (value: Expression | undefined, key: string): Evaluate | undefined =>
    value === undefined
      ? undefined
      : guarded(
          context.expressions.compile(value, (message, found) =>
            report({ path: `${path}.${key}`, message: `the expression cannot be compiled: ${message}`, expected: "an expression", found }),
          ),
        );
  return createChannel({
    definition,
    contract: contractOf(context, definition.contract, { path: `${path}.contract`, report }),
    orderedBy: evaluate(definition.orderedBy, "orderedBy"),
    priority: evaluate(definition.priority, "priority"),
    delay: typeof definition.delay === "number" ? definition.delay : evaluate(definition.delay, "delay"),
    consumers,
  });
}

function contractOf(
  context: CompileContext,
  contract: Contract | undefined,
  { path, report }: { readonly path: string; readonly report: Report },
): ContractCheck | undefined {
  if (contract === undefined) return undefined;
  try {
    return context.contracts.compile(contract);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    report({ path, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) });
    return undefined;
  }
}

function place(node: StepNode): Pick<Finding, "place"> {
  return node.place === undefined ? {} : { place: node.place };
}
