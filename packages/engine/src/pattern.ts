import { isRecord } from "@portolan/core";
import type {
  AddressTargetNode,
  Awaitable,
  Clock,
  ConnectorServices,
  Contract,
  ContractCheck,
  Expression,
  Format,
  JsonSchema,
  Logger,
  Message,
  OptionType,
  Random,
  SourceNode,
  StepNode,
  TargetNode,
} from "@portolan/core";
import type { Step } from "./runtime/step.ts";
import type { Execution } from "./runtime/execution.ts";
import type { Claims } from "./runtime/claims.ts";
import type { Poll } from "./runtime/poll.ts";
import type { StateTable } from "./runtime/state-table.ts";
import type { Stage } from "./runtime/stage.ts";
import type { StepFailure } from "./runtime/failure.ts";
import type { RunningEndpoint } from "./runtime/endpoint.ts";

/**
 * One Enterprise Integration Pattern: everything the engine, the schema, the reference page and the builder know about it.
 * Its folder holds this value, and nothing elsewhere names it.
 */
export interface PatternDefinition<Options = unknown> {
  /** The key in flow files and the method of the builder. */
  readonly name: string;
  readonly title: string;
  readonly group: "routing" | "split and join" | "data" | "flow control" | "test";
  /** One or two sentences of what it does. */
  readonly summary: string;
  /** The semantics worth knowing, as Markdown paragraphs for the reference page. */
  readonly semantics: string;
  /** An example as a YAML list of steps; the reference shows it and a test runs it. */
  readonly example: string;
  /** The type of the value under the pattern's key. */
  readonly options: OptionType<Options>;
  /** Whether, without `steps`, the rest of the list it stands in is its block. */
  readonly gate?: boolean;
  /** Whether no message goes on to what follows it, whatever the message. Without it, some do. */
  readonly ends?: (options: Options, flow: FlowEnds) => boolean;
  /** What is known of the body behind it: `kept` means what was known before. Left out: nothing. */
  readonly body?: "kept" | ((options: Options, flow: BodyFlow) => BodySchema);
  /** Compiles one use of it. Called once, at start. */
  compile(node: StepNode<Options>, compiler: StepCompiler): Step;
  /** What the builder's method makes of its arguments: the value under the key. Nested blocks go through `block`. */
  readonly method?: (args: readonly unknown[], block: BlockReader) => unknown;
  /** Methods under other names, where one method would read badly. */
  readonly methods?: Readonly<Record<string, (args: readonly unknown[], block: BlockReader) => unknown>>;
  /** Further methods that complete the value of the step just appended, such as `catch` after `try`. */
  readonly amendments?: Readonly<Record<string, (value: unknown, args: readonly unknown[], block: BlockReader) => unknown>>;
}

/** What is known of bodies, as a JSON Schema; true: nothing. */
export type BodySchema = JsonSchema | boolean;

/** What `body` may ask. Whatever it asks about is checked on the way. */
export interface BodyFlow {
  readonly before: BodySchema;
  /** What an expression yields, seen by the message before the step. */
  value(expression: Expression): BodySchema;
  /** What is known behind a list of steps that the body goes through. */
  list(steps: readonly StepNode[], body?: BodySchema): BodySchema;
  contract(contract: Contract): BodySchema;
  /** Says that the body is sent there. Answers what is known of a reply. */
  sent(target: TargetNode): BodySchema;
}

/** What is known of a body that is one of several. */
export function oneOfBodies(...bodies: readonly BodySchema[]): BodySchema {
  const [first = true] = bodies;
  return bodies.every((body) => body === first) ? first : bodies.includes(true) ? true : { anyOf: bodies };
}

/** What is known of the items of a list, as `split` takes them: a single value is a list of one. */
export function itemsOf(list: BodySchema): BodySchema {
  if (typeof list === "boolean") return true;
  const ways = list["anyOf"];
  if (Array.isArray(ways)) {
    const items = (ways as readonly BodySchema[])
      .filter((way) => typeof way === "boolean" || way["type"] !== "null")
      .map((way) => itemsOf(way));
    return oneOfBodies(...items);
  }
  const items = list["type"] === "array" ? list["items"] : list;
  return typeof items === "boolean" || isRecord(items) ? items : true;
}

/** The body behind a block that some messages go through. */
export function behindBlock({ steps }: { readonly steps?: readonly StepNode[] | undefined }, flow: BodyFlow): BodySchema {
  return steps === undefined ? flow.before : oneOfBodies(flow.before, flow.list(steps));
}

/** What `ends` may ask. */
export interface FlowEnds {
  /** Whether no message gets to the end of a list of steps. */
  list(steps: readonly StepNode[]): boolean;
  /** Whether an error clause lets messages go on after a step that failed. */
  readonly failuresGoOn: boolean;
}

/** Runs a builder's block function and yields its raw steps. */
export type BlockReader = (block: unknown) => readonly unknown[];

/** What a pattern may use to compile a step. */
export interface StepCompiler {
  readonly route: string;
  readonly stepId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The value of an expression; undefined for nothing. `acc` for folds. Failures become PORTOLAN_EXPRESSION_FAILED. */
  expression(expression: Expression): Evaluate;
  /** JSONata's boolean cast of an expression's value. */
  predicate(expression: Expression): (message: Message, acc?: unknown) => boolean | Promise<boolean>;
  /** An expression over an accumulated value and a message. */
  fold(expression: Expression): Evaluate;
  /** The text of an expression for error messages. */
  source(expression: Expression): string;
  /** A nested list of steps as one step. */
  block(steps: readonly StepNode[], options?: BlockOptions): Step;
  target(target: TargetNode, options?: TargetUse): RunningEndpoint;
  /** The endpoint of a computed address; undefined where it is skipped. */
  address(options: AddressRules): (address: unknown) => RunningEndpoint | undefined;
  /** What takes single messages of a source. One that cannot be polled is reported as a configuration error of this step. */
  poll(source: SourceNode): Poll;
  /** A step that the route's policy treats as an innermost step of its own: it alone is repeated. */
  protect(run: Step): Step;
  contract(contract: Contract): ContractCheck;
  /**
   * Names one of the ways that a message can take through this step: what it yields is to be called when one takes it,
   * undefined if nobody wants to know.
   */
  branch(name: string): (() => void) | undefined;
  /** For a gate without `steps`: the rest of the list it stands in, which is then part of this step. */
  rest(): Step;
  /** What dead letters of this step go through when they are re-driven; without it they begin the route anew. */
  reenter(block: Step, options?: InboxOptions): Inbox;
  /** What the running node offers to steps. */
  readonly node: StepServices;
  /** Reports a configuration error of this step. */
  invalid(message: string, expected: string, found: string): void;
}

/** The durable channel that leads to a block of a step. */
export interface Inbox {
  readonly channel: string;
  /** Sends a message there with the unit of work; `attributes` are what the block sees besides `params`. */
  send(message: Pick<Message, "id" | "body" | "headers">, attributes: Readonly<Record<string, unknown>>, execution: Execution): void;
}

export interface InboxOptions {
  /** Messages in process at once; 1 (default) keeps their order. */
  readonly concurrency?: number;
  /** Tells several inboxes of one step apart. */
  readonly name?: string;
  /**
   * Work on the side: neither the route's policy nor its limits count, and what fails goes to the app's dead letter without
   * being delivered again. With `enters` it is that route which messages go through, under its own policy.
   */
  readonly onTheSide?: { readonly enters?: string | undefined };
}

/** A copy on its way out of a route. */
export interface Tap {
  readonly endpoint: RunningEndpoint;
  /** Of the message that is tapped. */
  readonly execution: Execution;
  readonly step: string;
  /** Leads to the target, for copies that go with the message's unit of work. */
  readonly inbox: Inbox;
}

export interface TargetUse {
  /** Whether interceptions of sends apply: those of `to` and `call`. */
  readonly intercepted?: boolean;
}

/** How computed addresses are resolved: flow-format section 5. */
export type AddressRules = Pick<AddressTargetNode, "allow" | "onUnknown" | "onEmpty">;

/** What a step may use of the node it runs on. */
export interface StepServices {
  readonly claims: Claims;
  /** Rows of state under a name; they live in the store and change with units of work. */
  table(scope: string): StateTable;
  /** A format by name; its options are read by its own specs, and what is wrong with them is thrown. */
  format(name: string, options?: Readonly<Record<string, unknown>>): Format | undefined;
  /** The names of all formats; empty where the node does not say. */
  readonly formatNames: readonly string[];
  /** Keeps a stream that can be read once, where the node has a place for it. */
  readonly spool: ConnectorServices["spool"];
  /** Work of its own, in a unit of work of its own: resolves when committed. Failures are the caller's. */
  work(run: (execution: Execution) => Awaitable<void>, signal?: AbortSignal): Promise<void>;
  /** Called when the node has started; what it answers is called when the node stops, before its channels do. */
  onStart(begin: () => (() => Promise<void>) | undefined): void;
  /** For what parts of a stream send, which may be more than fits into memory. */
  stage(execution: Execution): Stage;
  /** Something that steps of one name share on this node, such as the state of a circuit breaker. */
  shared<T>(name: string, create: () => T): T;
  /** The last committed position of that name. */
  position(name: string): unknown;
  /**
   * Sends a copy on the side, in a unit of work of its own; never throws. A promise: too many copies of the step are on
   * their way, and the message has to wait for one to end.
   */
  tap(copy: Message, tap: Tap): void | Promise<void>;
  /**
   * Puts a failed part into the dead letter, within the unit of work of `execution`. Re-driven, it goes through the block
   * that the step has named with `reenter`.
   */
  deadLetter(part: Message, failure: StepFailure, at: { readonly execution: Execution; readonly step: string }): void;
}

export interface BlockOptions {
  /** false: the route's error policy does not apply to the steps within; the construct is the failing step. */
  readonly policy?: boolean;
}

export type Evaluate = (message: Message, acc?: unknown) => unknown;

/** Checks at compile time that `compile` fits the options' type. */
export function definePattern<Options>(definition: PatternDefinition<Options>): PatternDefinition {
  // The compiler passes a node's options only to the pattern whose option type read them.
  return definition as unknown as PatternDefinition;
}
