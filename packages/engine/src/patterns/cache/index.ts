import { option, required, withBody, withDefault, type Duration, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { RUNNING, type Execution } from "../../runtime/execution.ts";
import { keyOf } from "../../runtime/values.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Remembers the body that a block yields, per key. */
    cache<Next>(
      options: { readonly key: (message: Message<Body>) => unknown; readonly ttl: Duration; readonly max?: number } & StepOptions,
      block: Block<Body, Next>,
    ): Steps<Next, Ended, Of>;
  }
}

interface CacheEntry {
  readonly body: unknown;
  readonly at: number;
}

const options = option.object({
  key: required(option.expression, "What the result depends on; a missing key runs the block"),
  ttl: required(option.duration, "An entry is used while its age is below this"),
  max: withDefault(option.integer({ min: 1 }), 1000, "Entries kept; the least recently used is forgotten"),
  steps: required(option.steps, "The block"),
});

/** Cache. */
export const cache = definePattern({
  name: "cache",
  title: "Cache",
  group: "data",
  summary: "An inline block whose resulting body is remembered per key; on a hit the block is skipped and the body set.",
  semantics: "Failures and dropped messages are not remembered. Concurrent misses of one key run the block once. Per node.",
  example: `
- cache: { key: body.sku, ttl: 1m, steps: [{ call: { route: price } }] }`,
  options,
  compile({ options: { key, ttl, max, steps } }, compiler) {
    const evaluate = compiler.expression(key);
    const block = compiler.block(steps);
    const found = compiler.branch("hit");
    const entries = new Map<string, CacheEntry>();
    /** Ends, well or not, with the run that others wait for. */
    const misses = new Map<string, Promise<unknown>>();

    const hit = (name: string): CacheEntry | undefined => {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      entries.delete(name);
      if (compiler.clock.now() - entry.at >= ttl) return undefined;
      entries.set(name, entry);
      return entry;
    };

    const kept = (name: string, result: Message, execution: Execution): Message => {
      if (execution.end !== RUNNING) return result;
      entries.set(name, { body: result.body, at: compiler.clock.now() });
      const [oldest] = entries.keys();
      if (entries.size > max && oldest !== undefined) entries.delete(oldest);
      return result;
    };

    const run = (name: string, message: Message, execution: Execution): Message | Promise<Message> => {
      const result = block(message, execution);
      if (!(result instanceof Promise)) return kept(name, result, execution);
      const running = runLater(name, result, execution);
      misses.set(
        name,
        running.catch(() => undefined),
      );
      return running;
    };
    const runLater = async (name: string, result: Promise<Message>, execution: Execution): Promise<Message> => {
      try {
        return kept(name, await result, execution);
      } finally {
        misses.delete(name);
      }
    };

    const lookUp = (value: unknown, message: Message, execution: Execution): Message | Promise<Message> => {
      const name = keyOf(value);
      if (name === undefined) return block(message, execution);
      const entry = hit(name);
      if (entry === undefined) {
        const running = misses.get(name);
        return running === undefined ? run(name, message, execution) : running.then(() => lookUp(value, message, execution));
      }
      found?.();
      return withBody(message, entry.body);
    };

    return (message, execution) => {
      const value = evaluate(message);
      return value instanceof Promise ? value.then((key) => lookUp(key, message, execution)) : lookUp(value, message, execution);
    };
  },
  method: ([options, steps], block) => ({ ...(typeof options === "object" ? options : {}), steps: block(steps) }),
});
