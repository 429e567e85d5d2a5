import {
  PortolanError,
  type ContractCheck,
  type ContractResult,
  type Message,
  type RouteDefinition,
  withAttribute,
  withBody,
} from "@portolan/core";
import { completeAfter, roomToComplete, type Completion, type RouteOutcome } from "./completion.ts";
import { DROPPED, type Execution } from "./execution.ts";
import { Abandoned, Parked, StepFailure, errorOf, isControl } from "./failure.ts";
import { chooseClause, withError, type Clause, type Policy } from "./policy.ts";
import { runClauseSteps } from "./sequence.ts";
import type { Step } from "./step.ts";

/** A route ready to run. */
export interface Route {
  readonly id: string;
  readonly definition: RouteDefinition;
  /**
   * Runs as the route that the message entered. What the unit of work then holds is what is to be committed. `unreadable` is
   * what its source could not read it for.
   */
  enter(message: Message, execution: Execution, unreadable?: PortolanError): RouteEnd | Promise<RouteEnd>;
  /** Runs inside a caller's unit of work: the result, undefined if the message was dropped. Throws the error that was not handled. */
  call(message: Message, caller: Execution): Message | undefined | Promise<Message | undefined>;
}

export type RouteEnd =
  | { readonly kind: "done"; readonly message: Message }
  | { readonly kind: "dropped"; readonly message: Message }
  | { readonly kind: "handled"; readonly message: Message | undefined; readonly failure: StepFailure }
  | { readonly kind: "failed"; readonly failure: StepFailure }
  | { readonly kind: "deadLetter"; readonly failure: StepFailure; readonly channel: string | undefined }
  | { readonly kind: "parked"; readonly parked: Parked }
  | { readonly kind: "abandoned" };

export interface RouteParts {
  readonly definition: RouteDefinition;
  readonly steps: Step;
  readonly policy: Policy;
  readonly completions: readonly Completion[];
  readonly input: ContractCheck | undefined;
  readonly output: ContractCheck | undefined;
}

export function createRoute(parts: RouteParts): Route {
  const { definition, policy, completions } = parts;
  const body = withContracts(parts);
  const completes = completions.some((completion) => completion.definition.mode === "after");

  const enterCompleted = async (message: Message, execution: Execution, unreadable?: PortolanError): Promise<RouteEnd> => {
    await roomToComplete(completions);
    const end = await enter(message, execution, unreadable);
    const outcome = outcomeOf(end, definition.id, message);
    if (outcome !== undefined) await completeAfter(completions, outcome, execution);
    return end;
  };

  const callCompleted = async (message: Message, caller: Execution): Promise<Message | undefined> => {
    const execution = caller.called(message);
    let failing = message;
    try {
      await roomToComplete(completions);
      const result = await call(message, execution, (reached) => (failing = reached));
      await completeAfter(completions, { failed: false, message: result ?? message, received: message }, execution);
      return result;
    } catch (thrown) {
      if (isControl(thrown)) throw thrown;
      await completeAfter(completions, { failed: true, message: failing, received: message }, execution);
      throw thrown;
    }
  };

  const enterLater = (result: Promise<Message>, execution: Execution): Promise<RouteEnd> =>
    result.then(
      (message) => doneOrDropped(message, execution),
      (thrown: unknown) => endFailed(thrown, { definition, policy, execution }),
    );

  const enter = (message: Message, execution: Execution, unreadable?: PortolanError): RouteEnd | Promise<RouteEnd> => {
    if (unreadable !== undefined) return endFailed(unreadable, { definition, policy, execution });
    let result: Message | Promise<Message>;
    try {
      result = body(message, execution);
    } catch (thrown) {
      return endFailed(thrown, { definition, policy, execution });
    }
    return result instanceof Promise ? enterLater(result, execution) : doneOrDropped(result, execution);
  };

  /** `reached` is told the message that reached the failing step, with its error. */
  const call = (message: Message, execution: Execution, reached?: Reached): Message | undefined | Promise<Message | undefined> => {
    const mark = execution.mark();
    let result: Message | Promise<Message>;
    try {
      result = body(message, execution);
    } catch (thrown) {
      return callFailed(thrown, { definition, policy, execution, mark, reached });
    }
    if (result instanceof Promise) return callLater(result, execution, { mark, reached });
    return execution.end === DROPPED ? undefined : result;
  };

  const callLater = (
    result: Promise<Message>,
    execution: Execution,
    ending: Pick<CallEnding, "mark" | "reached">,
  ): Promise<Message | undefined> =>
    result.then(
      (message) => (execution.end === DROPPED ? undefined : message),
      (thrown: unknown) => callFailed(thrown, { definition, policy, execution, ...ending }),
    );

  const route: Route = {
    id: definition.id,
    definition,
    enter: completes ? enterCompleted : enter,
    call: completes ? callCompleted : (message, caller) => call(message, caller.called(message)),
  };
  return definition.params === undefined ? route : withParameters(route, definition.params);
}

/** How a message ended, for what runs on completion; undefined if it has not ended here. */
function outcomeOf(end: RouteEnd, route: string, received: Message): RouteOutcome | undefined {
  switch (end.kind) {
    case "done":
    case "dropped":
      return { failed: false, message: end.message, received };
    case "handled":
      return { failed: false, message: end.message ?? received, received };
    case "failed":
    case "deadLetter":
      return { failed: true, message: failingMessage(end.failure, route), received };
    default:
      return undefined;
  }
}

/** The parameters of a route's template are an attribute of what it receives. */
function withParameters(route: Route, params: NonNullable<RouteDefinition["params"]>): Route {
  return {
    ...route,
    enter(message, execution, unreadable) {
      execution.received = withAttribute(message, "params", params);
      return route.enter(execution.received, execution, unreadable);
    },
    call: (message, caller) => route.call(withAttribute(message, "params", params), caller),
  };
}

function doneOrDropped(message: Message, execution: Execution): RouteEnd {
  return { kind: execution.end === DROPPED ? "dropped" : "done", message };
}

/** Checks the body before the first step and after the last. What waits has functions of its own: most contracts answer at once. */
function withContracts({ definition, steps, input, output }: RouteParts): Step {
  if (input === undefined && output === undefined) return steps;
  const entry = { contract: "input", route: definition.id };
  const exit = { contract: "output", route: definition.id };

  const leave = (result: Message, execution: Execution) =>
    output === undefined || execution.end === DROPPED ? result : checked(output, result, exit);
  const leaveLater = async (result: Promise<Message>, execution: Execution) => leave(await result, execution);

  const run: Step = (accepted, execution) => {
    const result = steps(accepted, execution);
    return result instanceof Promise ? leaveLater(result, execution) : leave(result, execution);
  };
  const runLater = async (accepted: Promise<Message>, execution: Execution) => run(await accepted, execution);

  if (input === undefined) return run;
  return (message, execution) => {
    const accepted = checked(input, message, entry);
    return accepted instanceof Promise ? runLater(accepted, execution) : run(accepted, execution);
  };
}

interface ContractPlace {
  readonly contract: string;
  readonly route?: string;
}

/** The message with the body that the contract yields, or PORTOLAN_CONTRACT_FAILED with what is wrong. */
export function checked(check: ContractCheck, message: Message, at: ContractPlace): Message | Promise<Message> {
  const result = check.check(message.body);
  return result instanceof Promise ? acceptLater(result, message, at) : accept(result, message, at);
}

async function acceptLater(result: Promise<ContractResult>, message: Message, at: ContractPlace): Promise<Message> {
  return accept(await result, message, at);
}

function accept(result: ContractResult, message: Message, at: ContractPlace): Message {
  if ("body" in result) return result.body === message.body ? message : withBody(message, result.body);
  const findings = result.issues.map((issue) => ({ path: issue.path, message: issue.message }));
  const first = findings[0];
  const where = first === undefined || first.path === "" ? "the body" : first.path;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : "";
  throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `${at.contract} contract: ${where} ${first?.message ?? "is not accepted"}${more}`, {
    findings,
    messageId: message.id,
    ...(at.route === undefined ? {} : { route: at.route }),
  });
}

interface Ending {
  readonly definition: RouteDefinition;
  readonly policy: Policy;
  readonly execution: Execution;
}

/** What becomes of a failure that reached the end of the route that the message entered. */
async function endFailed(thrown: unknown, ending: Ending): Promise<RouteEnd> {
  if (thrown instanceof Parked) return { kind: "parked", parked: thrown };
  if (thrown instanceof Abandoned) return { kind: "abandoned" };
  const { definition, execution } = ending;
  try {
    const { clause, failure, failing } = await boundary(thrown, ending);
    execution.list.rollback(0);
    const outcome = clause?.definition.outcome ?? "fail";
    if (clause === undefined) return { kind: "failed", failure };
    if (outcome === "handle") {
      const handled = await runClauseSteps(clause, { error: failure.error, failing, point: failure, execution });
      return { kind: "handled", message: handled.end === DROPPED ? undefined : handled.message, failure };
    }
    const mark = execution.mark();
    await runClauseSteps(clause, { error: failure.error, failing, point: failure, execution });
    if (outcome === "fail") {
      execution.list.keep(mark);
      return { kind: "failed", failure };
    }
    return { kind: "deadLetter", failure, channel: clause.definition.deadLetter };
  } catch (error) {
    if (isControl(error)) return endFailed(error, ending);
    execution.list.rollback(0);
    return { kind: "failed", failure: asStepFailure(error, definition.id, execution.received) };
  }
}

type Reached = (failing: Message) => void;

interface CallEnding extends Ending {
  readonly mark: number;
  readonly reached: Reached | undefined;
}

/** What becomes of a failure that reached the end of a called route: a reply, or the caller's failure. */
async function callFailed(thrown: unknown, ending: CallEnding): Promise<Message | undefined> {
  if (isControl(thrown)) throw thrown;
  const { execution, mark, definition, reached } = ending;
  const { clause, failure, failing } = await boundary(thrown, ending);
  reached?.(failing);
  execution.list.rollback(mark);
  if (clause === undefined) throw failure.error;
  const kept = execution.mark();
  try {
    const handled = await runClauseSteps(clause, { error: failure.error, failing, point: failure, execution });
    if (clause.definition.outcome === "handle") return handled.end === DROPPED ? undefined : handled.message;
  } catch (error) {
    if (isControl(error)) throw error;
    execution.list.rollback(kept);
    reached?.(failingMessage(asStepFailure(error, definition.id, execution.received), definition.id));
    throw errorOf(error);
  }
  execution.list.keep(kept);
  throw failure.error;
}

/** The failure and the clause that decides about it at the end of the route. */
async function boundary(
  thrown: unknown,
  { definition, policy, execution }: Ending,
): Promise<{ clause: Clause | undefined; failure: StepFailure; failing: Message }> {
  const failure = asStepFailure(thrown, definition.id, execution.received);
  const failing = failingMessage(failure, definition.id);
  if (failure.final) return { clause: undefined, failure, failing };
  const clause = await chooseClause(policy, { error: failure.error, message: failing, entry: execution.entry, atStep: false });
  clause?.taken?.();
  return { clause, failure, failing };
}

/** The message that reached the failing step, with its error. */
function failingMessage({ message, error, step, attempts }: StepFailure, route: string): Message {
  return withError(message, error, { route, step, attempts });
}

function asStepFailure(thrown: unknown, route: string, message: Message): StepFailure {
  if (thrown instanceof StepFailure) return thrown;
  const error = errorOf(thrown);
  error.route ??= route;
  error.messageId ??= message.id;
  return new StepFailure(error, { step: "", message, attempts: 1 }, { decided: true });
}
