import { PortolanError, describeValue, type Expression } from "@portolan/core";
import type { StepCompiler } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { Part } from "../../runtime/fan-out.ts";
import { keyOf } from "../../runtime/values.ts";

/** Remembers how far the parts of earlier messages have come, per key. */
export interface Checkpoints {
  begin(): {
    /** The parts whose value is above the checkpoint. */
    unseen(parts: Iterable<Part> | AsyncIterable<Part>): AsyncIterable<Part>;
    /** Moves the checkpoint with the part's own effects. */
    passed(part: Part, execution: Execution): Promise<void>;
  };
}

export function createCheckpoints(options: { readonly key: Expression; readonly value: Expression }, compiler: StepCompiler): Checkpoints {
  const keyOfPart = compiler.expression(options.key);
  const valueOfPart = compiler.expression(options.value);
  const place = async (part: Part) => {
    const key = keyOf(await keyOfPart(part.message));
    if (key === undefined) throw new PortolanError("PORTOLAN_KEY_MISSING", "the key of the checkpoint is missing");
    return { name: `checkpoint/${compiler.route}/${compiler.stepId}/${key}`, value: orderable(await valueOfPart(part.message)) };
  };

  return {
    begin() {
      const highest = new Map<string, unknown>();
      return {
        async *unseen(parts) {
          for await (const part of parts) {
            const { name, value } = await place(part);
            if (!highest.has(name)) highest.set(name, await compiler.node.position(name));
            if (isAbove(value, highest.get(name))) yield part;
          }
        },
        async passed(part, execution) {
          const { name, value } = await place(part);
          if (!isAbove(value, highest.get(name))) return;
          highest.set(name, value);
          execution.list.add({ kind: "setPosition", name, value });
        },
      };
    },
  };
}

function orderable(value: unknown): number | string {
  if (typeof value === "number" || typeof value === "string") return value;
  throw new PortolanError(
    "PORTOLAN_EXPRESSION_TYPE",
    `the value of a checkpoint must be a number or a text, found ${describeValue(value)}`,
  );
}

function isAbove(value: number | string, mark: unknown): boolean {
  if (mark === undefined || mark === null) return true;
  if (typeof value === "number" && typeof mark === "number") return value > mark;
  if (typeof value === "string" && typeof mark === "string") return value > mark;
  throw new PortolanError("PORTOLAN_EXPRESSION_TYPE", `the value of a checkpoint was a ${typeof mark} before and is a ${typeof value} now`);
}
