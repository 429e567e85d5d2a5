import {
  option,
  optional,
  PortolanError,
  required,
  withAttribute,
  withBody,
  withDefault,
  type KeepKeyEffect,
  type Message,
  type Duration,
} from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { behindBlock, definePattern } from "../../pattern.ts";
import type { Claimed } from "../../runtime/claims.ts";
import { DROPPED, type Execution } from "../../runtime/execution.ts";
import { andThen } from "../../runtime/step.ts";
import { keyOf } from "../../runtime/values.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Lets each key through once. */
    idempotent(key: (message: Message<Body>) => unknown, options?: IdempotentOptions): Steps<Body, Ended, Of>;
    idempotent<Next, End>(
      key: (message: Message<Body>) => unknown,
      block: Block<Body, Next, End>,
      options?: IdempotentOptions,
    ): Steps<Body | Next, Ended | End, Of>;
  }
}

export interface IdempotentOptions extends StepOptions {
  readonly scope?: string;
  readonly duplicates?: "drop" | "mark" | "replay";
  readonly inFlight?: "wait" | "drop" | "fail";
  readonly keepOnFailure?: boolean;
  readonly ttl?: Duration;
  readonly lease?: Duration;
}

const options = option.object({
  key: required(option.expression, "What makes messages the same; missing fails with PORTOLAN_KEY_MISSING"),
  steps: optional(option.steps, "The block that each key goes through once; without it, the rest of the list"),
  scope: optional(option.name, "Steps with the same scope share keys; default: this route and step"),
  duplicates: withDefault(
    option.oneOf("drop", "mark", "replay"),
    "drop",
    "What a duplicate does: nothing, the block with `attributes.duplicate`, or take the first one's resulting body",
  ),
  inFlight: withDefault(option.oneOf("wait", "drop", "fail"), "wait", "A duplicate while the first is being processed"),
  keepOnFailure: withDefault(option.boolean, false, "The key stays even if the message fails"),
  ttl: withDefault(option.duration, 604_800_000, "How long keys are kept"),
  lease: withDefault(
    option.duration,
    60_000,
    "How long a claim lives without being renewed; it is renewed while the message is in process",
  ),
});

interface GrantedKey {
  readonly key: string;
  /** Gives the claim back. */
  undo(): void;
}

/** Idempotent receiver. */
export const idempotent = definePattern({
  name: "idempotent",
  title: "Idempotent",
  group: "flow control",
  summary: "Lets each key through once.",
  semantics:
    "The key is claimed before the block and becomes permanent with the unit of work. If the block fails, the message fails later, or it ends in `handle` or the dead letter, the claim is gone and the same key may come again. A duplicate that arrives while the first is in process waits: if the first commits it is a duplicate, if it fails the longest waiting one is processed next. Within one unit of work nobody waits: the second is a duplicate. Keys are equal when their JSON texts are.",
  example: `
- idempotent: { key: body.id }
- to: { channel: orders.accepted }`,
  options,
  body: behindBlock,
  gate: true,
  compile({ options }, compiler) {
    const evaluate = compiler.expression(options.key);
    const gate = options.steps === undefined;
    const block = options.steps === undefined ? compiler.rest() : compiler.block(options.steps);
    const scope = options.scope ?? `${compiler.route}/${compiler.stepId}`;
    const { duplicates, inFlight, keepOnFailure, ttl, lease } = options;

    const first = (message: Message, execution: Execution, { key, undo }: GrantedKey): Message | Promise<Message> => {
      const effect: KeepKeyEffect = { kind: "keepKey", scope, key, until: compiler.clock.now() + ttl };
      execution.list.add(effect, { kept: keepOnFailure, undo });
      const result = block(duplicates === "mark" ? withAttribute(message, "duplicate", false) : message, execution);
      if (duplicates !== "replay") return result;
      return andThen(result, (ended) => {
        execution.list.replace(effect, { ...effect, result: execution.end === DROPPED ? null : ended.body });
        return ended;
      });
    };

    const noted = compiler.branch("duplicate");
    const duplicate = (message: Message, execution: Execution, claimed: Claimed): Message | Promise<Message> => {
      noted?.();
      if (claimed.state === "held" && inFlight === "fail")
        throw new PortolanError("PORTOLAN_IN_FLIGHT", `a message with this key is being processed (${scope})`);
      if (claimed.state === "duplicate" && duplicates === "mark") return block(withAttribute(message, "duplicate", true), execution);
      if (claimed.state === "duplicate" && duplicates === "replay")
        return withBody(message, claimed.result === undefined ? null : claimed.result);
      if (gate) execution.end = DROPPED;
      return message;
    };

    return (message, execution) =>
      andThen(evaluate(message), (value) => {
        const key = keyOf(value);
        if (key === undefined) throw new PortolanError("PORTOLAN_KEY_MISSING", "the idempotent key is missing");
        const request = { scope, key, leaseMs: lease, wait: inFlight === "wait", signal: execution.signal };
        return andThen(compiler.node.claims.claim(execution.unit, request), (claimed) =>
          claimed.state === "granted" ? first(message, execution, { key, undo: claimed.undo }) : duplicate(message, execution, claimed),
        );
      });
  },
  method([key, second, third], block) {
    const extra = typeof second === "function" ? third : second;
    return { key, ...(typeof extra === "object" ? extra : {}), ...(typeof second === "function" ? { steps: block(second) } : {}) };
  },
});
