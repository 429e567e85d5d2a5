import { PortolanError } from "@portolan/core";
import type { FieldContext } from "./served-schema.ts";

type Resolve = (body: unknown, context: FieldContext) => Promise<unknown>;

interface Call {
  readonly body: unknown;
  take(value: unknown): void;
  lose(reason: unknown): void;
}

/**
 * Calls of one field that belong to one request, put together: `resolve` gets the list of their messages and answers a list as
 * long, in the same order. What the executor asks for before it has to wait goes together, `most` at a time.
 */
export function batched(resolve: Resolve, most: number, words: string): Resolve {
  const key = {};
  return (body, context) => {
    const { promise, resolve: take, reject: lose } = Promise.withResolvers<unknown>();
    // Only this function puts anything there.
    let calls = context.batches.get(key) as Call[] | undefined;
    if (calls === undefined || calls.length >= most) {
      const own: Call[] = [];
      calls = own;
      context.batches.set(key, own);
      // Promises that are settled now have fields to ask for as well: those come first.
      void Promise.resolve().then(() =>
        process.nextTick(() => {
          if (context.batches.get(key) === own) context.batches.delete(key);
          void send(own, context);
        }),
      );
    }
    calls.push({ body, take, lose });
    return promise;
  };

  async function send(calls: readonly Call[], context: FieldContext): Promise<void> {
    try {
      const results = await resolve(
        calls.map(({ body }) => body),
        context,
      );
      if (!Array.isArray(results) || results.length !== calls.length) throw wrongLength(results, calls.length);
      for (const [index, call] of calls.entries()) call.take(results[index]);
    } catch (error) {
      for (const call of calls) call.lose(error);
    }
  }

  function wrongLength(results: unknown, calls: number): PortolanError {
    const found = Array.isArray(results) ? `a list of ${results.length}` : "no list";
    return new PortolanError("PORTOLAN_CONTRACT_FAILED", `${words} answered ${found} for a batch of ${calls} calls`, {
      kind: "defect",
      hint: "A batch is answered with a list that has one result for each message, in the same order; null where there is none.",
    });
  }
}
