import fc from "fast-check";
import npm from "jsonata";
import { describe, expect, test } from "vitest";
import { compileTree, jsonata } from "./jsonata.ts";
import { parse } from "./parser.ts";
import { data, expression } from "./random-expressions.test.support.ts";
import * as site from "./sites/site.ts";

interface Outcome {
  readonly value?: string | undefined;
  readonly code?: string;
  readonly position?: number | undefined;
}

/** What the reference does; undefined where it fails in a way that is no failure of the language. */
async function reference(text: string, input: unknown): Promise<Outcome | undefined> {
  try {
    const value: unknown = await npm(text, { timeout: 10_000, stack: 500 }).evaluate(structuredClone(input));
    return { value: JSON.stringify(value) };
  } catch (thrown) {
    const { code, position } = thrown as { code?: string; position?: number };
    return thrown instanceof Error || code === undefined ? undefined : { code, position };
  }
}

function outcome(evaluate: () => unknown): Outcome {
  try {
    return { value: JSON.stringify(evaluate()) };
  } catch (thrown) {
    const { code, position } = thrown as { code: string; position?: number };
    if (code === undefined) throw thrown;
    return { code, position };
  }
}

const makers = { ...site };

describe("expressions made at random", () => {
  // Always the same ones, since the reference's own faults are not known one by one; another seed is a longer search.
  const settings = { numRuns: 1_500, seed: 20_261_124 };

  test("they yield what the reference yields, or fail with its code at its position", async () => {
    await fc.assert(
      fc.asyncProperty(expression, data, async (text, input) => {
        const theirs = await reference(text, input);
        fc.pre(theirs !== undefined);
        const ours = outcome(() => jsonata(text).evaluate(structuredClone(input)));
        // The reference awaits the parts of lists and objects together, and reports whichever fails first: here the first does.
        if (theirs.code !== undefined && /[[{]/.test(text)) {
          expect(ours.code).toBeDefined();
          return;
        }
        // Its failures to the right of `and` and `or` are at that operator, here they are at their own place.
        const isElsewhere = theirs.code !== undefined && (theirs.position === undefined || / (?:and|or) /.test(text));
        expect(ours).toEqual(isElsewhere ? { ...theirs, position: ours.position } : theirs);
      }),
      settings,
    );
  });

  test("they yield the same from closures of their own", () => {
    fc.assert(
      fc.property(expression, data, (text, input) => {
        const ordinary = outcome(() => jsonata(text).evaluate(input));
        expect(outcome(() => compileTree(parse(text), {}, (kind) => makers[kind]).evaluate(input))).toEqual(ordinary);
      }),
      settings,
    );
  });
});
