import { describeValue, optional, type OptionsOf, type OptionType } from "@portolan/core";
import { formatChoice } from "@portolan/formats";

export const stdinOptions = {
  format: optional(formatChoice, "The format of the input; of a format with records each record is a message. Without it: ndjson."),
  input: optional(
    given<AsyncIterable<Uint8Array>>("a readable stream", (value) => Symbol.asyncIterator in value),
    "Read this stream instead of the process's standard input. From code only.",
  ),
};

export const stdoutOptions = {
  format: optional(formatChoice, "The format of the output. Without it: ndjson."),
  output: optional(
    given<NodeJS.WritableStream>("a writable stream", (value) => "write" in value && typeof value.write === "function"),
    "Write to this stream instead of the process's standard output. From code only.",
  ),
};

export type StdinOptions = OptionsOf<typeof stdinOptions>;
export type StdoutOptions = OptionsOf<typeof stdoutOptions>;

/** The type of an object that only code can hold. */
function given<T extends object>(expected: string, fits: (value: object) => boolean): OptionType<T> {
  return {
    kind: "object",
    expected,
    schema: { not: {} },
    read(value, context) {
      // `fits` has looked at what is used of it.
      if (typeof value === "object" && value !== null && fits(value)) return value as T;
      context.report({ message: "wrong value", expected, found: describeValue(value) });
      return undefined;
    },
  };
}
