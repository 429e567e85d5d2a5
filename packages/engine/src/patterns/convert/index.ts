import {
  describeValue,
  isRecord,
  listNames,
  option,
  optional,
  PortolanError,
  required,
  withBody,
  withDefault,
  type Format,
  type Message,
} from "@portolan/core";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern, type StepCompiler } from "../../pattern.ts";
import { checked } from "../../runtime/route.ts";
import type { Step } from "../../runtime/step.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Bytes or text to data. */
    decode(format: string, options?: ConvertOptions): Steps<unknown, Ended, Of>;
    decode<Data>(format: string, contract: StandardSchemaV1<unknown, Data>, options?: ConvertOptions): Steps<Data, Ended, Of>;
    /** Data to bytes. */
    encode(format: string, options?: ConvertOptions): Steps<Uint8Array, Ended, Of>;
  }
}

export interface ConvertOptions extends StepOptions {
  /** The format's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
}

const options = option.object({
  format: required(option.name, "The format's name, such as json or csv"),
  direction: required(option.oneOf("decode", "encode"), "Bytes or text to data, or data to bytes"),
  contract: optional(option.contract, "decode: what the data must be"),
  options: withDefault(option.mapOf(option.anything), {}, "The format's own options; a charset given here wins over one in the message"),
});

/** Message translator between bytes and data. */
export const convert = definePattern({
  name: "convert",
  title: "Convert",
  group: "data",
  summary: "Turns bytes or text into data through a named format, or data into bytes.",
  semantics:
    "A body that cannot be read is kind `invalid`, code `PORTOLAN_FORMAT_INVALID`, with line and column where the format has them. In TypeScript: `.decode(format)` and `.encode(format)`.",
  example: `
- convert: { format: csv, direction: encode }`,
  options,
  compile({ options }, compiler): Step {
    const format = formatOf(options, compiler);
    if (format === undefined) return (message) => message;
    if (options.direction === "encode") return (message) => withBody(message, format.encode(message.body));
    const contract = options.contract === undefined ? undefined : compiler.contract(options.contract);
    return (message) => {
      const decoded = withBody(message, format.decode(bytesOf(message)));
      return contract === undefined ? decoded : checked(contract, decoded, { contract: "convert", route: compiler.route });
    };
  },
  methods: {
    decode([format, second, third]) {
      const contract = second !== undefined && !isRecord(second) ? second : isRecord(second) && "~standard" in second ? second : undefined;
      const extra = contract === undefined ? second : third;
      return { format, direction: "decode", ...(contract === undefined ? {} : { contract }), ...(isRecord(extra) ? extra : {}) };
    },
    encode: ([format, extra]) => ({ format, direction: "encode", ...(isRecord(extra) ? extra : {}) }),
  },
});

function formatOf(
  { format, options }: { readonly format: string; readonly options: Readonly<Record<string, unknown>> },
  compiler: StepCompiler,
): Format | undefined {
  try {
    const found = compiler.node.format(format, options);
    if (found === undefined) {
      const names = compiler.node.formatNames;
      compiler.invalid(`there is no format "${format}"`, names.length === 0 ? "a format of this node" : listNames(names), format);
    }
    return found;
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    compiler.invalid(error.message, "options of the format", describeValue(options));
    return undefined;
  }
}

function bytesOf({ body }: Message): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (typeof body === "string") return new TextEncoder().encode(body);
  throw new PortolanError("PORTOLAN_FORMAT_INVALID", `only bytes and text can be decoded, found ${describeValue(body)}`);
}
