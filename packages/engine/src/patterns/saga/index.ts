import { option, optional, required, withDefault, type Duration, type Message, type RetryInput } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { retryOptions } from "../../definition/retry-option.ts";
import { definePattern } from "../../pattern.ts";
import { compileSaga } from "./saga-step.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Actions in outside systems, each with its undo. */
    saga<Next>(actions: (saga: SagaActions<Body>) => SagaActions<Next>, options?: SagaOptions): Steps<Next, Ended, Of>;
  }
}

/** The actions of a saga in the making. */
export interface SagaActions<Body> {
  action<Next, Saved = Body>(id: string, block: Block<Body, Next>, options?: ActionOptions<Body, Saved>): SagaActions<Next>;
}

export interface ActionOptions<Body, Saved> {
  /** What the undo gets; default: the body that entered the action. */
  readonly save?: (message: Message<Body>) => Saved;
  readonly compensate?: Block<Saved, unknown, unknown>;
  readonly complete?: Block<Saved, unknown, unknown>;
}

export interface SagaOptions extends StepOptions {
  readonly timeout?: Duration;
  /** For compensations. */
  readonly retry?: RetryInput;
  readonly join?: boolean;
}

const action = {
  id: required(option.name, "Its name"),
  steps: required(option.steps, "What it does; inline"),
  save: optional(option.expression, "What its undo gets, evaluated when it begins; default: the body that entered it"),
  compensate: optional(option.steps, "Undoes it"),
  complete: optional(option.steps, "Runs when the whole saga has succeeded"),
};

const options = option.object({
  actions: required(option.listOf(option.object(action)), "The actions, in order"),
  timeout: optional(option.duration, "How long the whole may take"),
  retry: withDefault(option.object(retryOptions), { attempts: 5 }, "For compensations"),
  join: withDefault(option.boolean, true, "In a called route: its actions belong to the caller's saga"),
});

/** Saga. */
export const saga = definePattern({
  name: "saga",
  title: "Saga",
  group: "flow control",
  summary: "A list of actions in outside systems, each with its undo.",
  semantics:
    "Actions run in order; each is a unit of work of its own and its progress is kept, so after a crash the saga goes on or compensates. If one fails (after the route's retries), the compensations run in reverse order: of all actions that ended, and first of the failing one if its outcome is unknown (kind `transient` or `defect`). A compensation gets a message with the body that `save` yielded when the action began and the headers of that time. A failing compensation is retried, then dead-lettered; the others still run. Then the saga fails with the first error and `attributes.saga.compensated` lists the ids in the order run. After success the `complete` steps run in order, on the saved bodies. A saga in a called route joins the caller's unless `join: false`.",
  example: `
- saga:
    actions:
      - { id: credit, steps: [{ call: { route: price } }], compensate: [{ log: { message: '"undo"' } }] }
      - { id: ship, steps: [{ call: { route: price } }] }`,
  options,
  ends: ({ actions }, flow) => !flow.failuresGoOn && actions.some(({ steps }) => flow.list(steps)),
  compile: ({ options }, compiler) => compileSaga(options, compiler),
  method([build, extra], block) {
    const actions: unknown[] = [];
    const collect = {
      action(
        id: unknown,
        steps: unknown,
        given: { readonly save?: unknown; readonly compensate?: unknown; readonly complete?: unknown } = {},
      ) {
        const { save, compensate, complete } = given;
        actions.push({
          id,
          steps: block(steps),
          ...(save === undefined ? {} : { save }),
          ...(compensate === undefined ? {} : { compensate: block(compensate) }),
          ...(complete === undefined ? {} : { complete: block(complete) }),
        });
        return collect;
      },
    };
    // The builder's type says that the argument is a function of this collector.
    (build as (saga: unknown) => unknown)(collect);
    return { actions, ...(typeof extra === "object" ? extra : {}) };
  },
});
