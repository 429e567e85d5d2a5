import { option, PortolanError, required, withDefault, type Message } from "@portolan/core";
import { definePattern } from "../../pattern.ts";
import { addressesOf, createHops, withSlip } from "../../runtime/addresses.ts";
import { RUNNING, type Execution } from "../../runtime/execution.ts";
import { addressList, type RouterOptions } from "../routing-slip/index.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Asks after every hop where the message goes next. */
    dynamicRouter(
      next: (message: Message) => string | readonly string[] | undefined | null | Promise<string | readonly string[] | undefined | null>,
      options?: RouterOptions & { readonly maxHops?: number },
    ): Steps<unknown, Ended, Of>;
  }
}

const options = option.object({
  next: required(option.expression, "The next address, several, or nothing to end; asked before the first hop and after every one"),
  maxHops: withDefault(option.integer({ min: 0 }), 1000, "More hops fail with PORTOLAN_LOOP_LIMIT"),
  ...addressList,
});

/** Dynamic router. */
export const dynamicRouter = definePattern({
  name: "dynamicRouter",
  title: "Dynamic router",
  group: "routing",
  summary: "Like a routing slip, but asked again after every hop, on the message as it then is.",
  semantics:
    "The expression sees `attributes.slip`, `{ previous, hops }`; `previous` is null at first. A list means several hops before the next question. Nothing, `null`, blank and `[]` end it. A retry repeats the failing hop only.",
  example: `
- dynamicRouter: { next: 'attributes.slip.hops = 0 ? "route:price" : null' }`,
  options,
  compile({ options }, compiler) {
    const next = compiler.expression(options.next);
    const resolve = compiler.address({ allow: options.allow, onUnknown: options.onUnknown, onEmpty: options.onUnknown });
    const hopTo = createHops(compiler);

    const load = (trip: Trip, value: unknown): boolean => {
      trip.addresses = addressesOf(value);
      trip.next = 0;
      return trip.addresses.length > 0;
    };
    const takeHop = (trip: Trip, current: Message): Message | Promise<Message> => {
      if (trip.hops >= options.maxHops)
        throw new PortolanError("PORTOLAN_LOOP_LIMIT", `more than ${options.maxHops} hops`, {
          hint: "raise maxHops if that many are right",
        });
      const address = trip.addresses[trip.next++];
      const endpoint = resolve(address);
      trip.hops += 1;
      trip.previous = String(address).trim();
      return endpoint === undefined ? current : hopTo(endpoint)(current, trip.execution);
    };

    const go = (trip: Trip, entered: Message): Message | Promise<Message> => {
      let current = entered;
      for (;;) {
        if (trip.next === trip.addresses.length) {
          const value = next(current);
          if (value instanceof Promise) return goOnce(trip, current, value);
          if (!load(trip, value)) return current;
        }
        const result = takeHop(trip, current);
        if (result instanceof Promise) return goAfter(trip, result);
        if (trip.execution.end !== RUNNING) return result;
        current = withSlip(result, trip.previous, trip.hops);
      }
    };
    const goOnce = async (trip: Trip, current: Message, value: Promise<unknown>) => (load(trip, await value) ? go(trip, current) : current);
    const goAfter = async (trip: Trip, hop: Promise<Message>) => {
      const result = await hop;
      return trip.execution.end === RUNNING ? go(trip, withSlip(result, trip.previous, trip.hops)) : result;
    };

    return (message, execution) => {
      const trip: Trip = { execution, addresses: [], next: 0, previous: null, hops: 0 };
      return go(trip, withSlip(message, null, 0));
    };
  },
  method: ([next, extra]) => ({ next, ...(typeof extra === "object" ? extra : {}) }),
});

/** One message on its way through the router. */
interface Trip {
  readonly execution: Execution;
  /** What the last question was answered with. */
  addresses: readonly unknown[];
  next: number;
  previous: string | null;
  hops: number;
}
