import { withBody, type Message } from "@portolan/core";
import type { CombineOption } from "../../definition/combine-option.ts";
import type { StepCompiler } from "../../pattern.ts";
import { compileCombiner } from "../../runtime/combine.ts";

/** Combines the original and a reply: a fold begins with the original body and sees the reply only. */
export function combineWith(
  combine: CombineOption,
  compiler: StepCompiler,
): (original: Message, reply: Message) => Message | Promise<Message> {
  if (typeof combine === "object" && "fold" in combine) {
    const fold = compiler.fold(combine.fold);
    const foldLater = async (original: Message, value: Promise<unknown>) => withBody(original, (await value) ?? null);
    return (original, reply) => {
      const value = fold(reply, original.body);
      return value instanceof Promise ? foldLater(original, value) : withBody(original, value ?? null);
    };
  }
  const combiner = compileCombiner(combine, compiler);
  return (original, reply) =>
    combiner.combine(original, [
      { name: "original", message: original },
      { name: "reply", message: reply },
    ]);
}
