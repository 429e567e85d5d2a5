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
    const sorted = (message: Message, value: unknown): Message | Promise<Message> => {
      const values = listOf(value);
      const keys: unknown[] = [];
      for (const element of values) {
        const own = key(withBody(message, element));
        if (own instanceof Promise) return sortedLater(message, values, [...keys, own]);
        keys.push(own);
      }
      return withBody(message, inOrder(values, keys, order));
    };
    const sortedLater = async (message: Message, values: readonly unknown[], first: readonly unknown[]): Promise<Message> => {
      const keys: unknown[] = [];
      for (const [index, element] of values.entries())
        keys.push(await (index < first.length ? first[index] : key(withBody(message, element))));
      return withBody(message, inOrder(values, keys, order));
    };
    const listedLater = async (message: Message, list: Promise<unknown>): Promise<Message> => sorted(message, await list);

    return (message) => {
      const list = elements(message);
      return list instanceof Promise ? listedLater(message, list) : sorted(message, list);
    };
  },
  method: ([list, extra]) => ({ list, ...(typeof extra === "object" ? extra : {}) }),
});

function bodyOf({ body }: Message): unknown {
  return body;
}

function inOrder(elements: readonly unknown[], keys: readonly unknown[], order: "asc" | "desc"): readonly unknown[] {
  const compare = order === "asc" ? rising : falling;
  // A list of plain values is its own keys: pairs of the two would cost more than the sorting.
  if (keys.every((key, index) => key === elements[index])) return keys.toSorted(compare);
  return elements
    .map((element, index) => ({ element, key: keys[index] }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ element }) => element);
}

function falling(a: unknown, b: unknown): number {
  return -rising(a, b);
}

function rising(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  throw new PortolanError("PORTOLAN_EXPRESSION_TYPE", `cannot order ${describeValue(a)} and ${describeValue(b)}`, {
    hint: "sort by numbers only, or by texts only",
  });
}
