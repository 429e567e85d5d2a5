import { option, required, withDefault, type Message } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { addressesOf, createHops, withSlip } from "../../runtime/addresses.ts";
import { RUNNING, type Execution } from "../../runtime/execution.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Calls each address of a list in turn, with the output of the one before. */
    routingSlip(
      addresses: (message: Message<Body>) => readonly string[] | string | undefined | Promise<readonly string[]>,
      options?: RouterOptions,
    ): Steps<unknown, Ended, Of>;
  }
}

export interface RouterOptions extends StepOptions {
  readonly allow?: readonly string[];
  readonly onUnknown?: "fail" | "skip";
}

/** What patterns with computed addresses share. */
export const addressList = {
  allow: withDefault(option.listOf(option.name), [], "Patterns with `*`; a connector address must match one"),
  onUnknown: withDefault(option.oneOf("fail", "skip"), "fail", "An address that does not resolve"),
};

const options = option.object({ addresses: required(option.expression, "The addresses, computed once"), ...addressList });

/** Routing slip. */
export const routingSlip = definePattern({
  name: "routingSlip",
  title: "Routing slip",
  group: "routing",
  summary: "Calls each address of a list in turn, with the output of the one before.",
  semantics:
    "The list is computed once. A hop that cannot reply gets the message and leaves it unchanged. An empty or missing slip passes the message through. With `onUnknown: fail` a bad address fails when its turn comes. A failing hop ends the slip and fails the step; a retry repeats that hop only. Hops see `attributes.slip`, `{ previous, hops }`.",
  example: `
- routingSlip: { addresses: '$split(headers.slip, ";")' }`,
  options,
  compile({ options }, compiler) {
    const addresses = compiler.expression(options.addresses);
    const resolve = compiler.address({ ...options, onEmpty: options.onUnknown });
    const hopTo = createHops(compiler);

    const follow = (slip: Slip, entered: Message, execution: Execution): Message | Promise<Message> => {
      let current = entered;
      while (slip.next < slip.addresses.length && execution.end === RUNNING) {
        const address = slip.addresses[slip.next++];
        const endpoint = resolve(address);
        if (endpoint === undefined) continue;
        const result = hopTo(endpoint)(withSlip(current, slip.previous, slip.hops), execution);
        slip.previous = String(address).trim();
        slip.hops += 1;
        if (result instanceof Promise) return followLater(slip, result, execution);
        current = result;
      }
      return current;
    };
    const followLater = async (slip: Slip, current: Promise<Message>, execution: Execution) => follow(slip, await current, execution);
    const begin = (value: unknown): Slip => ({ addresses: addressesOf(value), next: 0, previous: null, hops: 0 });
    const beginLater = async (value: Promise<unknown>, message: Message, execution: Execution) =>
      follow(begin(await value), message, execution);

    return (message, execution) => {
      const value = addresses(message);
      return value instanceof Promise ? beginLater(value, message, execution) : follow(begin(value), message, execution);
    };
  },
  method: ([addresses, extra]) => ({ addresses, ...(typeof extra === "object" ? extra : {}) }),
});

/** Where the message has been, and where it still goes. */
interface Slip {
  readonly addresses: readonly unknown[];
  next: number;
  previous: string | null;
  hops: number;
}
