import { option, optional, required, withAttribute, withDefault, type Message, type Duration } from "@portolan/core";
import type { Block, Merged, StepOptions } from "../../builder/steps.ts";
import { combineOption } from "../../definition/combine-option.ts";
import { definePattern, itemsOf } from "../../pattern.ts";
import { compileCombiner } from "../../runtime/combine.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { StepFailure } from "../../runtime/failure.ts";
import { fanOut, type FanOutResult } from "../../runtime/fan-out.ts";
import { andThen } from "../../runtime/step.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { elementsOf, partsOf } from "./parts.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Runs a block once for each element. */
    split<Element, Part, Result = Body, Group extends number = 1>(
      by: (message: Message<Body>) => readonly Element[] | Iterable<Element> | AsyncIterable<Element> | null | undefined,
      block: Block<PartBody<Element, Group>, Part, unknown>,
      options: SplitOptions<Group> & {
        readonly combine: {
          readonly fold: (acc: Result, part: Message<Part>) => Result | Promise<Result>;
          readonly initial: (message: Message<Body>) => Result;
        };
      },
    ): Steps<Result, Ended, Of>;
    split<Element, Part, Group extends number = 1>(
      by: (message: Message<Body>) => readonly Element[] | Iterable<Element> | AsyncIterable<Element> | null | undefined,
      block: Block<PartBody<Element, Group>, Part, unknown>,
      options: SplitOptions<Group> & { readonly combine: "list" },
    ): Steps<readonly Part[], Ended, Of>;
    split<Element, Part, Group extends number = 1>(
      by: (message: Message<Body>) => readonly Element[] | Iterable<Element> | AsyncIterable<Element> | null | undefined,
      block: Block<PartBody<Element, Group>, Part, unknown>,
      options: SplitOptions<Group> & { readonly combine: { readonly join: string } },
    ): Steps<string, Ended, Of>;
    split<Element, Part, Group extends number = 1>(
      by: (message: Message<Body>) => readonly Element[] | Iterable<Element> | AsyncIterable<Element> | null | undefined,
      block: Block<PartBody<Element, Group>, Part, unknown>,
      options: SplitOptions<Group> & { readonly combine: "last" | "first" },
    ): Steps<Part | Body, Ended, Of>;
    split<Element, Part extends object, Group extends number = 1>(
      by: (message: Message<Body>) => readonly Element[] | Iterable<Element> | AsyncIterable<Element> | null | undefined,
      block: Block<PartBody<Element, Group>, Part, unknown>,
      options: SplitOptions<Group> & { readonly combine: "merge" },
    ): Steps<Merged<Part>, Ended, Of>;
    split<Element, Part, Group extends number = 1>(
      by: (message: Message<Body>) => readonly Element[] | Iterable<Element> | AsyncIterable<Element> | null | undefined,
      block: Block<PartBody<Element, Group>, Part, unknown>,
      options?: SplitOptions<Group> & { readonly combine?: "original" },
    ): Steps<Body, Ended, Of>;
  }
}

/** More than one element a part makes parts lists. */
type PartBody<Element, Group extends number> = [Group] extends [1] ? Element : readonly Element[];

export interface SplitOptions<Group extends number> extends StepOptions {
  readonly group?: Group;
  readonly skipFirst?: number;
  readonly parallel?: boolean;
  readonly concurrency?: number;
  readonly order?: "definition" | "arrival";
  readonly timeout?: Duration;
  readonly onPartFailure?: "fail" | "stop" | "skip" | "deadLetter";
  readonly maxFailed?: number;
  readonly maxFailedRatio?: number;
  readonly checkpoint?: { readonly key: (part: Message) => unknown; readonly value: (part: Message) => number | string };
}

const options = option.object({
  by: required(option.expression, "The list; in TypeScript also an iterable or async iterable, which streams"),
  steps: required(option.steps, "What each part goes through"),
  group: withDefault(option.integer({ min: 1 }), 1, "More than 1: parts are lists of up to that many elements"),
  skipFirst: withDefault(option.integer({ min: 0 }), 0, "Elements left out at the start, before grouping"),
  combine: withDefault(combineOption(["original", "last", "first", "list", "merge"]), "original", "What becomes of the results"),
  parallel: withDefault(option.boolean, false, "Parts run side by side"),
  concurrency: withDefault(option.integer({ min: 1 }), 10, "How many at once, with `parallel`"),
  order: withDefault(option.oneOf("definition", "arrival"), "definition", "Order of combining"),
  timeout: optional(option.duration, "Parts still running then are cancelled and undone; needs `parallel`"),
  onPartFailure: withDefault(option.oneOf("fail", "stop", "skip", "deadLetter"), "fail", "What a failing part means for the whole"),
  maxFailed: optional(option.integer({ min: 0 }), "Stop and fail when more parts than this have failed; not with `stop`"),
  maxFailedRatio: optional(option.number({ min: 0, max: 1 }), "As `maxFailed`, as share of the parts so far"),
  checkpoint: optional(
    option.object({
      key: required(option.expression, "Whose progress it is"),
      value: required(option.expression, "Number or text that rises from part to part"),
    }),
    "Remembers the highest `value` of a committed part per `key`; parts not above it are skipped",
  ),
});

/** Splitter. */
export const split = definePattern({
  name: "split",
  title: "Split",
  group: "split and join",
  summary: "Runs a block once for each element of a list.",
  semantics:
    "A part has the element as body, copies of headers and attributes, and the parent's id and its index as id. Parts run one after another unless `parallel`. Nothing, `null` and `[]` give no part; any other value that is no list is one part; a text is never cut at commas. By default the other parts still run after a failure, then the split fails with `PORTOLAN_PARTS_FAILED`, and the failing message is the whole. `attributes.split` is `{ index, size, last }` in a part; `attributes.failedParts` tells after the step, with `skip` or `deadLetter`, what failed.",
  example: `
- split:
    by: body.lines
    onPartFailure: skip
    combine: { fold: acc + body, initial: 0 }
    steps: [{ map: body.qty * body.price }]`,
  options,
  body({ by, steps, group, combine }, flow) {
    const list = flow.value(by);
    const part = group > 1 ? { type: "array", items: itemsOf(list) } : itemsOf(list);
    const result = flow.list(steps, part);
    if (combine === "list") return { type: "array", items: result };
    return combine === "original" ? flow.before : true;
  },
  compile({ options }, compiler) {
    const { onPartFailure } = options;
    if (options.timeout !== undefined && !options.parallel)
      compiler.invalid("`timeout` needs `parallel`", "parallel: true", "parallel: false");
    if (onPartFailure === "stop" && (options.maxFailed !== undefined || options.maxFailedRatio !== undefined)) {
      compiler.invalid("`stop` ends at the first failure", "no maxFailed and no maxFailedRatio", "both");
    }
    const by = compiler.expression(options.by);
    const block = compiler.block(options.steps);
    if (onPartFailure === "deadLetter") compiler.reenter(block);
    const combiner = compileCombiner(options.combine, compiler);
    const checkpoints = options.checkpoint === undefined ? undefined : createCheckpoints(options.checkpoint, compiler);
    const fanOutOptions = {
      ...options,
      timeoutMs: options.timeout,
      maxFailed: options.maxFailed,
      maxFailedRatio: options.maxFailedRatio,
      keepResults: combiner.needsResults,
      what: "part",
    };
    const tells = onPartFailure === "skip" || onPartFailure === "deadLetter";

    const splitInto = (value: unknown, message: Message, execution: Execution): Message | Promise<Message> => {
      const elements = elementsOf(value, options);
      const parts = partsOf(elements, message, block);
      const progress = checkpoints?.begin();
      const context = {
        execution,
        clock: compiler.clock,
        deadLetter: (part: Message, failure: StepFailure) => compiler.node.deadLetter(part, failure, { execution, step: compiler.stepId }),
        ended: progress?.passed,
        stage: elements.kind === "list" ? undefined : compiler.node.stage(execution),
      };
      const outcome = fanOut(progress === undefined ? parts : progress.unseen(parts), fanOutOptions, context);
      return outcome instanceof Promise ? joinedLater(message, outcome) : joined(message, outcome);
    };
    const joined = (message: Message, { results, failed }: FanOutResult): Message | Promise<Message> => {
      const whole = combiner.combine(message, results);
      return tells ? andThen(whole, (one) => withAttribute(one, "failedParts", failed)) : whole;
    };
    const joinedLater = async (message: Message, outcome: Promise<FanOutResult>) => joined(message, await outcome);

    return (message, execution) => {
      const value = by(message);
      return value instanceof Promise ? value.then((list) => splitInto(list, message, execution)) : splitInto(value, message, execution);
    };
  },
  method: ([by, steps, extra], block) => ({ by, ...(typeof extra === "object" ? extra : {}), steps: block(steps) }),
});
