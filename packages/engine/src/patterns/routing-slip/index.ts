import { option, required, withAttribute, withDefault, type Message } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { addressesOf, hop } from "../../runtime/addresses.ts";
import { RUNNING } from "../../runtime/execution.ts";

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
    return async (message, execution) => {
      let current = message;
      let previous: string | null = null;
      let hops = 0;
      for (const address of addressesOf(await addresses(message))) {
        const endpoint = resolve(address);
        if (endpoint === undefined) continue;
        current = await compiler.protect(hop(endpoint))(withAttribute(current, "slip", { previous, hops }), execution);
        if (execution.end !== RUNNING) break;
        previous = String(address).trim();
        hops += 1;
      }
      return current;
    };
  },
  method: ([addresses, extra]) => ({ addresses, ...(typeof extra === "object" ? extra : {}) }),
});
