import {
  option,
  optional,
  PortolanError,
  required,
  withAttribute,
  withDefault,
  type Duration,
  type ErrorKind,
  type Message,
} from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { definePattern, oneOfBodies } from "../../pattern.ts";
import { inTime } from "../../runtime/deadline.ts";
import type { Execution } from "../../runtime/execution.ts";
import { StepFailure, errorOf, isControl } from "../../runtime/failure.ts";
import { noting } from "../../runtime/points.ts";
import { withError } from "../../runtime/policy.ts";
import { createBreaker, type Permit } from "./breaker.ts";
import { readableAgain } from "../../runtime/streams.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Stops calling a system that fails, for a while. */
    circuitBreaker<Next, End>(options: CircuitBreakerOptions, block: Block<Body, Next, End>): Steps<Next, Ended | End, Of>;
    circuitBreaker<Next, End, Other, OtherEnd>(
      options: CircuitBreakerOptions,
      block: Block<Body, Next, End>,
      fallback: Block<Body, Other, OtherEnd>,
    ): Steps<Next | Other, Ended | End | OtherEnd, Of>;
  }
}

export interface CircuitBreakerOptions extends StepOptions {
  readonly failureRate?: number;
  readonly window?: number;
  readonly minCalls?: number;
  readonly openFor?: Duration;
  readonly halfOpenCalls?: number;
  readonly counts?: readonly ErrorKind[];
  readonly slowAfter?: Duration;
  readonly timeout?: Duration;
  readonly maxConcurrent?: number;
  readonly name?: string;
}

const options = option.object({
  steps: required(option.steps, "The calls"),
  fallback: optional(option.steps, "Gets the message that entered, for every failure of the block"),
  failureRate: withDefault(option.number({ min: 0, max: 100 }), 50, "Percent; opens at or above"),
  window: withDefault(option.integer({ min: 1 }), 20, "The last n recorded calls"),
  minCalls: withDefault(option.integer({ min: 1 }), 10, "No verdict below"),
  openFor: withDefault(option.duration, 30_000, "How long it stays open"),
  halfOpenCalls: withDefault(option.integer({ min: 1 }), 3, "Trial calls"),
  counts: withDefault(
    option.listOf(option.oneOf("transient", "invalid", "rejected", "defect")),
    ["transient"],
    "Which failures are the system's fault; others are neither success nor failure",
  ),
  slowAfter: optional(option.duration, "A slower call is recorded as failure, even if it succeeded"),
  timeout: optional(option.duration, "A longer call fails with PORTOLAN_TIMEOUT"),
  maxConcurrent: optional(option.integer({ min: 1 }), "More fail with PORTOLAN_BULKHEAD_FULL, not recorded"),
  name: optional(option.name, "Breakers of one name share state; default: this step"),
});

/** Circuit breaker. */
export const circuitBreaker = definePattern({
  name: "circuitBreaker",
  title: "Circuit breaker",
  group: "flow control",
  summary: "Stops calling a system that fails, and tries again after a while.",
  semantics:
    "Inside, the route's policy does not apply. closed: calls are recorded; when at least `minCalls` are in the window and the share of failures is at least `failureRate`, it opens. open: calls are not made; they fail with `PORTOLAN_CIRCUIT_OPEN`, or go to the fallback with `attributes.circuitBreaker.rejected`. From `openFor` after opening it is half-open: the next `halfOpenCalls` calls are made, others rejected; when those have ended, their share decides. The block is undone before the fallback runs. A call that ran into `timeout` keeps its place under `maxConcurrent` until it really ends.",
  example: `
- circuitBreaker:
    failureRate: 50
    minCalls: 4
    window: 4
    steps: [{ call: { route: price } }]
    fallback: [{ map: '{ "status": "later" }' }]`,
  options,
  body: ({ steps, fallback }, flow) => oneOfBodies(flow.list(steps), ...(fallback === undefined ? [] : [flow.list(fallback)])),
  ends: ({ steps, fallback }, flow) => !flow.failuresGoOn && flow.list(steps) && (fallback === undefined || flow.list(fallback)),
  compile({ options }, compiler) {
    const { counts, slowAfter, timeout, maxConcurrent } = options;
    const block = compiler.block(options.steps, { policy: false });
    const fallback =
      options.fallback === undefined ? undefined : noting(compiler.block(options.fallback, { policy: false }), compiler.branch("fallback"));
    const name = options.name ?? `${compiler.route}/${compiler.stepId}`;
    const breaker = compiler.node.shared(`circuitBreaker/${name}`, () => createBreaker(options, compiler.clock));
    const late = () => new PortolanError("PORTOLAN_TIMEOUT", `the call took longer than ${timeout} ms`);

    const release = () => {
      breaker.concurrent -= 1;
    };
    const succeeded = ({ permit, began }: Call): void =>
      permit.record(slowAfter !== undefined && compiler.clock.now() - began > slowAfter ? "failure" : "success");
    const thrownBy = ({ permit }: Call, thrown: unknown): unknown => {
      if (isControl(thrown)) permit.cancel();
      else permit.record(counts.includes(errorOf(thrown).kind) ? "failure" : "ignored");
      return thrown;
    };
    const answeredLater = async (running: Promise<Message>, call: Call): Promise<Message> => {
      let result: Message;
      try {
        result = await running;
      } catch (thrown) {
        throw thrownBy(call, thrown);
      }
      succeeded(call);
      return result;
    };

    const run = (message: Message, execution: Execution): Message | Promise<Message> => {
      if (timeout !== undefined)
        return inTime(block, { message, execution, clock: compiler.clock, afterMs: timeout, late, ended: release });
      let running: Message | Promise<Message> | undefined;
      try {
        running = block(message, execution);
      } finally {
        if (!(running instanceof Promise)) release();
      }
      return running instanceof Promise ? releaseLater(running) : running;
    };
    const releaseLater = (running: Promise<Message>) => running.finally(release);

    const attempt = (message: Message, execution: Execution): Message | Promise<Message> => {
      const permit = breaker.ask();
      if (permit === undefined) throw new Rejected(new PortolanError("PORTOLAN_CIRCUIT_OPEN", `the circuit breaker ${name} is open`));
      if (maxConcurrent !== undefined && breaker.concurrent >= maxConcurrent) {
        permit.cancel();
        throw new Rejected(new PortolanError("PORTOLAN_BULKHEAD_FULL", `${maxConcurrent} calls of ${name} are in process`));
      }
      breaker.concurrent += 1;
      const call: Call = { permit, began: slowAfter === undefined ? 0 : compiler.clock.now() };
      let running: Message | Promise<Message>;
      try {
        running = run(message, execution);
      } catch (thrown) {
        throw thrownBy(call, thrown);
      }
      if (running instanceof Promise) return answeredLater(running, call);
      succeeded(call);
      return running;
    };

    const failed = async (thrown: unknown, { message, execution, mark }: Entered): Promise<Message> => {
      if (isControl(thrown) || execution.signal?.aborted) throw thrown;
      const rejected = thrown instanceof Rejected;
      const error = rejected ? thrown.error : errorOf(thrown);
      if (fallback === undefined) throw error;
      execution.list.rollback(mark);
      const attempts = thrown instanceof StepFailure ? thrown.attempts : 1;
      const failing = withError(message, error, { route: compiler.route, step: compiler.stepId, attempts });
      try {
        return await fallback(withAttribute(failing, "circuitBreaker", { state: breaker.state(), rejected }), execution);
      } catch (next) {
        throw isControl(next) ? next : errorOf(next);
      }
    };
    const attemptLater = (running: Promise<Message>, at: Entered): Promise<Message> =>
      running.catch((thrown: unknown) => failed(thrown, at));

    return (received, execution) => {
      const message = fallback === undefined ? received : readableAgain(received, execution, compiler.node.spool);
      const mark = execution.mark();
      let running: Message | Promise<Message>;
      try {
        running = attempt(message, execution);
      } catch (thrown) {
        return failed(thrown, { message, execution, mark });
      }
      return running instanceof Promise ? attemptLater(running, { message, execution, mark }) : running;
    };
  },
  method: ([options, steps, fallback], block) => ({
    ...(typeof options === "object" ? options : {}),
    steps: block(steps),
    ...(fallback === undefined ? {} : { fallback: block(fallback) }),
  }),
});

interface Call {
  readonly permit: Permit;
  /** When it began, where that matters. */
  readonly began: number;
}

/** A message as it came to the breaker. */
interface Entered {
  readonly message: Message;
  readonly execution: Execution;
  readonly mark: number;
}

/** A call that was not made. */
class Rejected {
  readonly error: PortolanError;

  constructor(error: PortolanError) {
    this.error = error;
  }
}
