import { describeValue, option, optional, PortolanError, withBody, withDefault, type Message } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { listOf } from "../../runtime/values.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Sorts a list, which becomes the body. */
    sort<Element>(
      list: (message: Message<Body>) => readonly Element[],
      options?: { readonly by?: (element: Message<Element>) => number | string; readonly order?: "asc" | "desc" } & StepOptions,
    ): Steps<readonly Element[], Ended, Of>;
  }
}

const options = option.object({
  list: optional(option.expression, "The list; default: the body"),
  by: optional(option.expression, "What to sort by, evaluated with the element as body; default: the element"),
  order: withDefault(option.oneOf("asc", "desc"), "asc", "Rising or falling"),
});

/** Sort. */
export const sort = definePattern({
  name: "sort",
  title: "Sort",
  group: "data",
  summary: "Sorts a list; the sorted list becomes the body.",
  semantics:
    "Numbers by value, texts by code unit; a mix is `PORTOLAN_EXPRESSION_TYPE`. Stable, also for `desc`: equal elements keep their order.",
  example: `
- sort: { list: body.people, by: body.name, order: desc }`,
  options,
  compile({ options: { list, by, order } }, compiler) {
    const elements = list === undefined ? bodyOf : compiler.expression(list);
    const key = by === undefined ? bodyOf : compiler.expression(by);
    const sign = order === "asc" ? 1 : -1;
    return async (message) => {
      const values = listOf(await elements(message));
      const keyed: { readonly element: unknown; readonly key: unknown }[] = [];
      for (const element of values) keyed.push({ element, key: await key(withBody(message, element)) });
      return withBody(
        message,
        keyed.toSorted((a, b) => sign * compare(a.key, b.key)).map(({ element }) => element),
      );
    };
  },
  method: ([list, extra]) => ({ list, ...(typeof extra === "object" ? extra : {}) }),
});

function bodyOf({ body }: Message): unknown {
  return body;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  throw new PortolanError("PORTOLAN_EXPRESSION_TYPE", `cannot order ${describeValue(a)} and ${describeValue(b)}`, {
    hint: "sort by numbers only, or by texts only",
  });
}
