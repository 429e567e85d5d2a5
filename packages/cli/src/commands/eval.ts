import { asPortolanError, PortolanError, type ExpressionScope } from "@portolan/core";
import { defineCommand } from "../command.ts";
import { readInput } from "../input.ts";

export const evalCommand = defineCommand({
  name: "eval",
  summary: "Evaluates a JSONata expression on JSON from a file or stdin, and prints what it yields as JSON.",
  details:
    "The JSON is the input of the expression: `$` is all of it, `total` its field. With `--body` it is the body of a message instead, as expressions of flow files see one. An expression that yields nothing prints nothing.",
  positionals: [
    { name: "EXPR", description: "The expression, such as lines.price.", presence: "required" },
    { name: "FILE", description: "A JSON file. Default: stdin.", presence: "optional" },
  ],
  options: {
    body: { type: "boolean", description: "The JSON is the body of a message: the expression says body.total." },
    raw: { type: "boolean", short: "r", description: "Print a text as it is, without quotes." },
    compact: { type: "boolean", short: "c", description: "Print on one line." },
  },
  examples: [
    { line: "portolan eval '$sum(lines.(price * quantity))' order.json", does: "The total of an order." },
    { line: "portolan eval --body 'body.customer.name' --raw < order.json", does: "What an expression of a flow file yields." },
  ],
  async run({ positionals: [text = "", file], options, io }) {
    const [{ createFormats }, { jsonataLanguage }, { createSystemClock }] = await Promise.all([
      import("@portolan/formats"),
      import("@portolan/mapping"),
      import("@portolan/host"),
    ]);
    const clock = createSystemClock();
    const evaluate = compiled(() => jsonataLanguage.compile(text, { now: () => clock.now(), random: Math.random }));
    const data = createFormats()
      .format("json")
      ?.decode(await readInput(file, io));
    // A language reads any data by its own properties; the type says what it is given by the engine.
    const scope = (options.body === true ? { id: "eval", body: data, headers: {}, attributes: {} } : data) as ExpressionScope;
    const value = await evaluated(() => evaluate(scope));
    if (value === undefined) return "ok";
    const isRaw = options.raw === true && typeof value === "string";
    io.stdout.write(`${isRaw ? value : JSON.stringify(value, undefined, options.compact === true ? 0 : 2)}\n`);
    return "ok";
  },
});

function compiled<T>(compile: () => T): T {
  try {
    return compile();
  } catch (cause) {
    throw new PortolanError("PORTOLAN_USAGE", cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function evaluated(evaluate: () => unknown): Promise<unknown> {
  try {
    return await evaluate();
  } catch (thrown) {
    throw asPortolanError(thrown, "PORTOLAN_EXPRESSION_FAILED");
  }
}
