import { option, required, withAttribute, withDefault, type Message } from "@portolan/core";
import type { Steps as BuilderSteps } from "../../builder/steps.ts";
import { combineOption } from "../../definition/combine-option.ts";
import { definePattern } from "../../pattern.ts";
import { addressesOf, createHops } from "../../runtime/addresses.ts";
import { compileCombiner } from "../../runtime/combine.ts";
import type { Execution } from "../../runtime/execution.ts";
import { fanOut, type Part } from "../../runtime/fan-out.ts";
import { andThen } from "../../runtime/step.ts";
import { readableAgain } from "../../runtime/streams.ts";
import { fanOutOptions, type MulticastOptions } from "../multicast/index.ts";
import { addressList } from "../routing-slip/index.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Sends a copy to each address of a list that is computed from the message. */
    recipientList(
      addresses: (message: Message<Body>) => readonly string[] | string | undefined | Promise<readonly string[]>,
      options?: RecipientListOptions & { readonly combine?: "original" },
    ): Steps<Body, Ended, Of>;
    recipientList(
      addresses: (message: Message<Body>) => readonly string[] | string | undefined | Promise<readonly string[]>,
      options: RecipientListOptions & { readonly combine: "list" },
    ): Steps<readonly unknown[], Ended, Of>;
    recipientList(
      addresses: (message: Message<Body>) => readonly string[] | string | undefined | Promise<readonly string[]>,
      options: RecipientListOptions & { readonly combine: "merge" },
    ): Steps<Readonly<Record<string, unknown>>, Ended, Of>;
    recipientList(
      addresses: (message: Message<Body>) => readonly string[] | string | undefined | Promise<readonly string[]>,
      options: RecipientListOptions & { readonly combine: { readonly join: string } },
    ): Steps<string, Ended, Of>;
    recipientList<Result>(
      addresses: (message: Message<Body>) => readonly string[] | string | undefined | Promise<readonly string[]>,
      options: RecipientListOptions & {
        readonly combine: {
          readonly fold: (acc: Result, reply: Message) => Result | Promise<Result>;
          readonly initial: (message: Message<Body>) => Result;
        };
      },
    ): Steps<Result, Ended, Of>;
    recipientList(
      addresses: (message: Message<Body>) => readonly string[] | string | undefined | Promise<readonly string[]>,
      options: RecipientListOptions & { readonly combine: "first" | "last" },
    ): BuilderSteps<unknown, Ended, Of>;
  }
}

export interface RecipientListOptions extends MulticastOptions {
  readonly allow?: readonly string[];
  readonly onUnknown?: "fail" | "skip";
}

const options = option.object({
  ...addressList,
  combine: withDefault(combineOption(["original", "last", "first", "list", "merge"]), "original", "What becomes of the replies"),
  ...fanOutOptions,
  addresses: required(option.expression, "The addresses; one text is one address"),
});

/** Recipient list. */
export const recipientList = definePattern({
  name: "recipientList",
  title: "Recipient list",
  group: "routing",
  summary: "A multicast whose branches are addresses computed from the message.",
  semantics:
    "Each recipient is called where it can reply, otherwise sent to. All addresses are resolved before the first is used: with `onUnknown: fail` one bad address means nobody gets the message. An empty list sends nothing. A text is never cut; an address listed twice gets two copies. A recipient that fails is retried alone. `attributes.recipient` in the copy is `{ address, index }`.",
  example: `
- recipientList: { addresses: '$split(headers.recipients, ",")', onUnknown: skip }`,
  options,
  compile({ options }, compiler) {
    if (options.timeout !== undefined && !options.parallel)
      compiler.invalid("`timeout` needs `parallel`", "parallel: true", "parallel: false");
    const addresses = compiler.expression(options.addresses);
    const resolve = compiler.address({ allow: options.allow, onUnknown: options.onUnknown, onEmpty: options.onUnknown });
    const hopTo = createHops(compiler);
    const combiner = compileCombiner(options.combine, compiler);
    const tells = options.onPartFailure === "skip" || options.onPartFailure === "deadLetter";

    const partsFor = (message: Message, value: unknown): readonly Part[] =>
      addressesOf(value)
        .map((address) => ({ address: String(address).trim(), endpoint: resolve(address) }))
        .flatMap(({ address, endpoint }, index): Part[] =>
          endpoint === undefined
            ? []
            : [
                {
                  index,
                  name: address,
                  message: withAttribute(message, "recipient", { address, index }),
                  run: hopTo(endpoint),
                },
              ],
        );

    const sendTo = (parts: readonly Part[], message: Message, execution: Execution): Message | Promise<Message> => {
      const settings = {
        parallel: options.parallel,
        concurrency: options.concurrency ?? Math.max(1, parts.length),
        order: options.order,
        timeoutMs: options.timeout,
        onPartFailure: options.onPartFailure,
        maxFailed: undefined,
        maxFailedRatio: undefined,
        keepResults: combiner.needsResults,
        what: "recipient",
      };
      const outcome = fanOut(parts, settings, {
        execution,
        clock: compiler.clock,
        deadLetter: (part, failure) => compiler.node.deadLetter(part, failure, { execution, step: compiler.stepId }),
      });
      return andThen(outcome, ({ results, failed }) =>
        andThen(combiner.combine(message, results), (combined) => (tells ? withAttribute(combined, "failedParts", failed) : combined)),
      );
    };

    return (received, execution) => {
      const message = readableAgain(received, execution, compiler.node.spool);
      return andThen(addresses(message), (value) => sendTo(partsFor(message, value), message, execution));
    };
  },
  method: ([addresses, extra]) => ({ addresses, ...(typeof extra === "object" ? extra : {}) }),
});
