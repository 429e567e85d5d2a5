import { option, optional, required, withDefault, type Message } from "@portolan/core";
import type { ErrorMatchInput } from "../../builder/route-methods.ts";
import type { Block, StepOptions, Steps as BuilderSteps } from "../../builder/steps.ts";
import { errorMatchOption } from "../../definition/error-match-option.ts";
import { definePattern } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import { noting } from "../../runtime/points.ts";
import type { Step } from "../../runtime/step.ts";
import { createFailover } from "./failover.ts";
import { createPicker } from "./pickers.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Sends the message through exactly one of the targets. */
    loadBalance<Targets extends Readonly<Record<string, Block<Body, unknown, unknown>>>>(
      strategy: LoadBalanceOptions<Body>,
      targets: Targets,
    ): Steps<NextOf<Targets[keyof Targets]>, Ended | EndOf<Targets[keyof Targets]>, Of>;
  }
}

type NextOf<Target> = Target extends (steps: never) => BuilderSteps<infer Next, infer _Ended, infer _Of> ? Next : never;
type EndOf<Target> = Target extends (steps: never) => BuilderSteps<infer _Next, infer Ended, infer _Of> ? Ended : never;

export type LoadBalanceOptions<Body> = StepOptions &
  (
    | { readonly strategy: "roundRobin" | "random" }
    | { readonly strategy: "weighted"; readonly weights: Readonly<Record<string, number>> }
    | { readonly strategy: "sticky"; readonly key: (message: Message<Body>) => unknown; readonly maxKeys?: number }
    | {
        readonly strategy: "failover";
        readonly match?: ErrorMatchInput;
        readonly maxTargets?: number;
        readonly roundRobin?: boolean;
        readonly sticky?: boolean;
      }
  );

const options = option.object({
  strategy: required(option.oneOf("roundRobin", "random", "weighted", "sticky", "failover"), "How a target is chosen"),
  targets: required(option.mapOf(option.steps), "Target name → steps"),
  weights: optional(option.mapOf(option.integer({ min: 1 })), "weighted: target name → positive whole number"),
  key: optional(option.expression, "sticky: what keeps its target"),
  maxKeys: withDefault(option.integer({ min: 1 }), 10_000, "sticky: the least recently used key is forgotten"),
  match: withDefault(errorMatchOption, {}, "failover: which errors move on"),
  maxTargets: optional(option.integer({ min: 1 }), "failover: targets tried per message, the first included; default: all"),
  roundRobin: withDefault(option.boolean, false, "failover: the next message starts after the last target tried"),
  sticky: withDefault(option.boolean, false, "failover: the next message starts at the last target that succeeded"),
});

/** Load balancer. */
export const loadBalance = definePattern({
  name: "loadBalance",
  title: "Load balance",
  group: "routing",
  summary: "Sends the message through exactly one of the targets; with failover, until one succeeds.",
  semantics:
    "State is per node and starts at the first target. weighted interleaves: rounds over the targets in order, each as often as its weight. sticky gives each new key the next target in turn and keeps it; a missing key fails. failover: each target starts from the message that entered, failed targets are undone, and steps inside are not retried by the route's policy; when no target is left the step fails with the last error. With `roundRobin` the next message continues after the last target tried, also if that failed; with `sticky` too it starts at the last that succeeded. `attributes.loadBalance.target` names the target.",
  example: `
- loadBalance:
    strategy: weighted
    weights: { a: 3, b: 1 }
    targets: { a: [{ to: { channel: a } }], b: [{ to: { channel: b } }] }`,
  options,
  compile({ options }, compiler) {
    const names = Object.keys(options.targets);
    if (names.length === 0) compiler.invalid("a load balancer needs targets", "at least one target", "none");
    const failover = options.strategy === "failover";
    const blocks = Object.entries(options.targets).map(([name, steps]) =>
      noting(compiler.block(steps, failover ? { policy: false } : {}), compiler.branch(`target ${name}`)),
    );
    const targets = blocks.map((block, index): Step => {
      const loadBalance = { target: names[index] };
      return ({ id, body, headers, attributes }, execution) =>
        block({ id, body, headers, attributes: { ...attributes, loadBalance } }, execution);
    });
    if (failover) return createFailover(targets, options, compiler);
    const pick = createPicker(names, options, compiler);
    const through = (index: number, message: Message, execution: Execution): Message | Promise<Message> =>
      targets[index]?.(message, execution) ?? message;
    const throughLater = async (index: Promise<number>, message: Message, execution: Execution) => through(await index, message, execution);
    return (message, execution) => {
      const index = pick(message);
      return typeof index === "number" ? through(index, message, execution) : throughLater(index, message, execution);
    };
  },
  method([options, targets], block) {
    const blocks = Object.entries(typeof targets === "object" && targets !== null ? targets : {});
    return {
      ...(typeof options === "object" ? options : {}),
      targets: Object.fromEntries(blocks.map(([name, steps]) => [name, block(steps)])),
    };
  },
});
