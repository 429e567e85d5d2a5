import { readSignature } from "../signature.ts";
import { type CallContext, createFunction, type FunctionValue } from "../values.ts";

/** A function of the language; its signature checks the arguments before it is called. */
export function builtin<Args extends readonly unknown[]>(
  [name, signature, arity = arityOf(signature)]: readonly [name: string, signature: string, arity?: number],
  call: (args: Args, context: CallContext) => unknown,
): FunctionValue {
  const validate = readSignature(signature);
  return createFunction({
    name,
    arity,
    signature,
    // The signature has just checked the types that `Args` repeats.
    invoke: (args, context) => call(validate(args, context.input) as unknown as Args, context),
  });
}

function arityOf(signature: string): number {
  return signature
    .slice(1, signature.includes(":") ? signature.indexOf(":") : -1)
    .replaceAll(/<[^>]*>|\([^)]*\)|[-?+]/g, (part) => (part.startsWith("(") ? "x" : "")).length;
}
