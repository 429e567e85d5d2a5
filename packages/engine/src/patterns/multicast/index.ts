import { option, optional, required, withAttribute, withDefault, type Duration, type Message } from "@portolan/core";
import type { Block, Merged, StepOptions, Steps as BuilderSteps } from "../../builder/steps.ts";
import { combineOption } from "../../definition/combine-option.ts";
import { definePattern, oneOfBodies } from "../../pattern.ts";
import { compileCombiner } from "../../runtime/combine.ts";
import { fanOut, type Part } from "../../runtime/fan-out.ts";
import { readableAgain } from "../../runtime/streams.ts";
import { andThen } from "../../runtime/step.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Sends a copy through each branch. The message stays as it is, unless `combine` says otherwise. */
    multicast<Branches extends Readonly<Record<string, Block<Body, unknown, unknown>>>>(
      branches: Branches,
      options: MulticastOptions & { readonly combine: "object" },
    ): Steps<{ readonly [Name in keyof Branches]?: BranchResult<Branches[Name]> }, Ended, Of>;
    multicast<Branches extends Readonly<Record<string, Block<Body, unknown, unknown>>>>(
      branches: Branches,
      options: MulticastOptions & { readonly combine: "list" },
    ): Steps<readonly BranchResult<Branches[keyof Branches]>[], Ended, Of>;
    multicast<Branches extends Readonly<Record<string, Block<Body, unknown, unknown>>>>(
      branches: Branches,
      options: MulticastOptions & { readonly combine: "first" | "last" },
    ): Steps<BranchResult<Branches[keyof Branches]> | Body, Ended, Of>;
    multicast<Branches extends Readonly<Record<string, Block<Body, object, unknown>>>>(
      branches: Branches,
      options: MulticastOptions & { readonly combine: "merge" },
    ): Steps<Merged<BranchResult<Branches[keyof Branches]>>, Ended, Of>;
    multicast(
      branches: Readonly<Record<string, Block<Body, unknown, unknown>>>,
      options: MulticastOptions & { readonly combine: { readonly join: string } },
    ): Steps<string, Ended, Of>;
    multicast<Branches extends Readonly<Record<string, Block<Body, unknown, unknown>>>, Result>(
      branches: Branches,
      options: MulticastOptions & {
        readonly combine: {
          readonly fold: (acc: Result, branch: Message<BranchResult<Branches[keyof Branches]>>) => Result | Promise<Result>;
          readonly initial: (message: Message<Body>) => Result;
        };
      },
    ): Steps<Result, Ended, Of>;
    multicast(
      branches: Readonly<Record<string, Block<Body, unknown, unknown>>>,
      options?: MulticastOptions & { readonly combine?: "original" },
    ): Steps<Body, Ended, Of>;
  }
}

/** The body that a branch ends with. */
export type BranchResult<Branch> = Branch extends (steps: never) => BuilderSteps<infer Next, infer End, infer _Of> ? Next | End : never;

export interface MulticastOptions extends StepOptions {
  readonly parallel?: boolean;
  readonly concurrency?: number;
  readonly order?: "definition" | "arrival";
  readonly timeout?: Duration;
  readonly onPartFailure?: "fail" | "stop" | "skip" | "deadLetter";
}

/** What multicast and recipientList share. */
export const fanOutOptions = {
  parallel: withDefault(option.boolean, false, "Copies run side by side"),
  concurrency: optional(option.integer({ min: 1 }), "How many at once, with `parallel`; default: all"),
  order: withDefault(option.oneOf("definition", "arrival"), "definition", "Order of combining"),
  timeout: optional(option.duration, "What still runs then is cancelled and undone; needs `parallel`"),
  onPartFailure: withDefault(option.oneOf("fail", "stop", "skip", "deadLetter"), "fail", "What a failing copy means for the whole"),
};

const BRANCH_NAME = /^[A-Za-z_][\w.-]*$/;

const options = option.object({
  branches: required(option.mapOf(option.steps), "Branch name → steps, in the order of writing"),
  combine: withDefault(combineOption(["original", "last", "first", "list", "object", "merge"]), "original", "What becomes of the results"),
  ...fanOutOptions,
});

/** Multicast. */
export const multicast = definePattern({
  name: "multicast",
  title: "Multicast",
  group: "routing",
  summary: "Sends a copy of the message through each of several named branches.",
  semantics:
    "What one branch changes, no other sees. By default a failed branch does not keep the others from running, then the step fails. At the timeout, branches still running are cancelled and undone, the results in time are combined, and `attributes.multicast.late` names the rest; that is no failure. In a branch `attributes.multicast` is `{ name, index }`.",
  example: `
- multicast:
    parallel: true
    timeout: 2s
    combine: object
    branches:
      stock: [{ map: body.stock }]
      price: [{ map: body.price }]`,
  options,
  body({ branches, combine }, flow) {
    const results = Object.values(branches).map((steps) => flow.list(steps));
    if (combine === "list") return { type: "array", items: oneOfBodies(...results) };
    return combine === "original" ? flow.before : true;
  },
  compile({ options }, compiler) {
    const names = Object.keys(options.branches);
    for (const name of names)
      if (!BRANCH_NAME.test(name)) compiler.invalid("a branch needs an identifier as name", "letters, digits, _ . and -", name);
    if (options.timeout !== undefined && !options.parallel)
      compiler.invalid("`timeout` needs `parallel`", "parallel: true", "parallel: false");
    const blocks = Object.values(options.branches).map((steps) => compiler.block(steps));
    const combiner = compileCombiner(options.combine, compiler);
    const settings = {
      parallel: options.parallel,
      concurrency: options.concurrency ?? names.length,
      order: options.order,
      timeoutMs: options.timeout,
      onPartFailure: options.onPartFailure,
      maxFailed: undefined,
      maxFailedRatio: undefined,
      keepResults: combiner.needsResults,
      what: "branch",
    };
    const tells = options.onPartFailure === "skip" || options.onPartFailure === "deadLetter";

    return (received, execution) => {
      const message = readableAgain(received, execution, compiler.node.spool);
      const parts = blocks.map((run, index): Part => {
        const name = names[index] ?? "";
        return { index, name, message: withAttribute(message, "multicast", { name, index }), run };
      });
      // Only a timeout leaves branches that have not ended.
      const ended = options.timeout === undefined ? undefined : new Set<string>();
      const outcome = fanOut(parts, settings, {
        execution,
        clock: compiler.clock,
        deadLetter: (part, failure) => compiler.node.deadLetter(part, failure, { execution, step: compiler.stepId }),
        ...(ended === undefined ? {} : { settled: ({ name }: Part) => void ended.add(name) }),
      });
      return andThen(outcome, ({ results, failed }) => {
        const late = ended === undefined ? [] : names.filter((name) => !ended.has(name));
        return andThen(combiner.combine(message, results), (combined) => {
          const told = tells ? withAttribute(combined, "failedParts", failed) : combined;
          return late.length === 0 ? told : withAttribute(told, "multicast", { late });
        });
      });
    };
  },
  method([branches, extra], block) {
    const blocks = Object.entries(typeof branches === "object" && branches !== null ? branches : {});
    return {
      ...(typeof extra === "object" ? extra : {}),
      branches: Object.fromEntries(blocks.map(([name, steps]) => [name, block(steps)])),
    };
  },
});
