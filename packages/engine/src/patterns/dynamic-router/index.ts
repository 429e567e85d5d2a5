import { option, PortolanError, required, withAttribute, withDefault, type Message } from "@portolan/core";
import { definePattern } from "../../pattern.ts";
import { addressesOf, hop } from "../../runtime/addresses.ts";
import { RUNNING } from "../../runtime/execution.ts";
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
  maxHops: withDefault(option.integer({ min: 1 }), 1000, "More hops fail with PORTOLAN_LOOP_LIMIT"),
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
    return async (message, execution) => {
      let current = withAttribute(message, "slip", { previous: null, hops: 0 });
      let hops = 0;
      for (;;) {
        const addresses = addressesOf(await next(current));
        if (addresses.length === 0) return current;
        for (const address of addresses) {
          if (hops >= options.maxHops)
            throw new PortolanError("PORTOLAN_LOOP_LIMIT", `more than ${options.maxHops} hops`, {
              hint: "raise maxHops if that many are right",
            });
          const endpoint = resolve(address);
          hops += 1;
          if (endpoint !== undefined) current = await compiler.protect(hop(endpoint))(current, execution);
          if (execution.end !== RUNNING) return current;
          current = withAttribute(current, "slip", { previous: String(address).trim(), hops });
        }
      }
    };
  },
  method: ([next, extra]) => ({ next, ...(typeof extra === "object" ? extra : {}) }),
});
