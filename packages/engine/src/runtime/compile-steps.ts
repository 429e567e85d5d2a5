import {
  PortolanError,
  type AppDefinition,
  type Clock,
  type ConnectorDefinition,
  type ConnectorServices,
  type Contract,
  type ContractCheck,
  type ContractCompiler,
  type Expression,
  type Finding,
  type Logger,
  type Message,
  type Random,
  type RouteDefinition,
  type SourceNode,
  type StepNode,
} from "@portolan/core";
import type { BlockOptions, Evaluate, Inbox, InboxOptions, PatternDefinition, StepCompiler, StepServices } from "../pattern.ts";
import { inboxOf } from "./dead-letter.ts";
import type { Endpoints, SendUse } from "./endpoints.ts";
import type { Execution } from "./execution.ts";
import { asPredicate, expressionText, guarded, type Expressions } from "./expressions.ts";
import { interceptedEndpoint, interceptedStep, matching, type Interception } from "./interception.ts";
import { noting, type PointObserver, type RoutePoint } from "./points.ts";
import type { Policy } from "./policy.ts";
import type { Poll } from "./poll.ts";
import type { PolledSources } from "./polled-sources.ts";
import type { Pollers } from "./pollers.ts";
import { sequence, type CompiledStep, type SequenceContext } from "./sequence.ts";
import type { Step } from "./step.ts";
import type { ValueMaps } from "./value-maps.ts";

/** What compiling an app needs, once for all routes. */
export interface CompileContext {
  readonly app: AppDefinition;
  readonly patterns: ReadonlyMap<string, PatternDefinition>;
  readonly expressions: Expressions;
  readonly valueMaps: ValueMaps;
  readonly contracts: ContractCompiler;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly endpoints: Endpoints;
  /** The services of the steps of one route. */
  services(route: RouteDefinition): StepServices;
  /** Begins work on the side, in a unit of work of its own; what fails goes to the app's dead letter. */
  aside(route: RouteDefinition, work: AsideWork): Promise<void>;
  /** What steps poll; filled while steps are compiled. */
  readonly pollers: Pollers;
  readonly polledSources: PolledSources;
  /** The connectors that flow files may name. */
  readonly connectors: readonly ConnectorDefinition[];
  readonly traced: boolean;
  readonly spool: ConnectorServices["spool"];
  readonly observePoint: PointObserver | undefined;
  readonly stopping: AbortSignal;
}

export interface AsideWork {
  readonly message: Message;
  /** The step that a dead letter names. */
  readonly step: string;
  /** The channel that the message came from, if it did. */
  readonly reads: string | undefined;
  run(message: Message, execution: Execution): unknown;
}

export type Report = (finding: Finding) => void;

/** What compiling a list of steps needs. */
export interface StepContext {
  readonly context: CompileContext;
  readonly definition: RouteDefinition;
  readonly policy: Policy | undefined;
  readonly interceptions: readonly Interception[];
  /** Whether it is the route's own list, whose steps can be intercepted. */
  readonly topLevel: boolean;
  readonly report: Report;
  reenter(step: string, block: Step, options?: InboxOptions): void;
}

export function compileSteps(nodes: readonly StepNode[], within: StepContext): Step {
  const { context } = within;
  const compiled: CompiledStep[] = [];
  for (const [index, node] of nodes.entries()) {
    const pattern = context.patterns.get(node.pattern);
    if (pattern === undefined) {
      const expected = [...context.patterns.keys()].join(", ");
      within.report({ path: node.path, message: `unknown pattern "${node.pattern}"`, expected, ...place(node) });
      continue;
    }
    let consumed: Step | undefined;
    const rest = () => (consumed = compileSteps(nodes.slice(index + 1), within));
    const reached = context.observePoint?.(pointOf(node, within));
    const run = noting(pattern.compile(node, stepCompiler(node, within, rest)), reached);
    const interceptions = within.topLevel ? matching(within.interceptions, "step", node.pattern) : [];
    compiled.push({ id: node.id, pattern: node.pattern, run: interceptedStep(run, interceptions, consumed) });
    if (consumed !== undefined) break;
  }
  return sequence(compiled, sequenceContext(within));
}

function sequenceContext({ context, definition, policy }: StepContext): SequenceContext {
  return { route: definition.id, clock: context.clock, policy, traced: context.traced, spool: context.spool, stopping: context.stopping };
}

function stepCompiler(node: StepNode, within: StepContext, rest: () => Step): StepCompiler {
  const { context, definition, report } = within;
  const invalid = (message: string, expected: string, found: string) =>
    report({ path: node.path, message, expected, found, ...place(node) });
  const invalidExpression = (message: string, found: string) =>
    invalid(`the expression cannot be compiled: ${message}`, "an expression", found);
  const expression = (value: Expression): Evaluate => context.expressions.compile(value, invalidExpression);
  const use: SendUse = { route: definition.id, step: node.id };
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
    block: (steps, { policy }: BlockOptions = {}) =>
      compileSteps(steps, { ...within, topLevel: false, policy: policy === false ? undefined : within.policy }),
    branch: (name) => context.observePoint?.({ ...pointOf(node, within), branch: name }),
    rest,
    reenter(block, options) {
      const step = options?.name === undefined ? node.id : `${node.id}/${options.name}`;
      within.reenter(step, block, options);
      return inbox(inboxOf(definition.id, step));
    },
    target: (target, { intercepted = false } = {}) =>
      context.endpoints.compile(target, {
        ...use,
        expression,
        intercepted: (endpoint) => (intercepted ? interceptedEndpoint(endpoint, within.interceptions) : endpoint),
      }),
    poll: (source) => pollOf(source, within, { step: node.id, invalid }),
    address: (rules) => (address) => context.endpoints.resolve(address, rules, use),
    protect: (run) => sequence([{ id: node.id, pattern: node.pattern, run }], sequenceContext(within)),
    // A contract that cannot be used has been reported; the app does not start then.
    contract: (contract) => contractOf(context, contract, { path: node.path, report }) ?? { check: (body) => ({ body }) },
    invalid,
  };
}

function pollOf(
  source: SourceNode,
  { context, definition, report }: StepContext,
  { step, invalid }: { readonly step: string } & Pick<StepCompiler, "invalid">,
): Poll {
  if (source.kind === "channel") return context.pollers.compile(source.channel);
  const { connector, options } = source;
  const poll = connector.source?.poll;
  if (poll !== undefined) {
    for (const message of poll.check?.(options) ?? []) report({ path: source.path, message, ...place(source) });
    return context.polledSources.compile({ route: definition.id, step }, source, poll);
  }
  const pollable = context.connectors.filter((known) => known.source?.poll !== undefined).map(({ name }) => name);
  invalid(`${connector.name} cannot be polled`, `one of ${["channel", ...pollable].join(", ")}`, connector.name);
  return async () => undefined;
}

function inbox(channel: string): Inbox {
  return {
    channel,
    send({ id, body, headers }, attributes, execution) {
      execution.list.add({ kind: "pendingAppend", channel, message: { id, body, headers, attributes } });
    },
  };
}

/** Compiles a predicate outside of steps; without an expression it always holds. */
export function predicateAt(
  { context, report }: Pick<StepContext, "context" | "report">,
  expression: Expression | undefined,
  path: string,
): (message: Message) => boolean | Promise<boolean> {
  if (expression === undefined) return () => true;
  const invalid = (message: string, found: string) =>
    report({ path, message: `the expression cannot be compiled: ${message}`, expected: "an expression", found });
  return asPredicate(guarded(context.expressions.compile(expression, invalid)));
}

export function contractOf(
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

function pointOf(node: StepNode, { definition }: StepContext): RoutePoint {
  return { route: definition.id, step: node.id, pattern: node.pattern, path: node.path, ...place(node) };
}

function place(node: Pick<StepNode, "place">): Pick<Finding, "place"> {
  return node.place === undefined ? {} : { place: node.place };
}
