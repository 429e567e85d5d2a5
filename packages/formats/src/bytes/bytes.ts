import { defineFormat, describeValue, option, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize, formatInvalid } from "../format-invalid.ts";

/** Bytes as they are: a Uint8Array. */
export const bytesFormat: FormatDefinition = defineFormat({
  name: "bytes",
  title: "Bytes",
  summary: "Bytes as they are; the body is a Uint8Array.",
  mediaTypes: ["application/octet-stream"],
  extensions: ["bin"],
  options: {
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger bodies are refused."),
  },
  create: (options) => ({
    name: "bytes",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "the body");
      return bytes;
    },
    encode(value) {
      if (value instanceof Uint8Array) return value;
      throw formatInvalid(`bytes can be written of a Uint8Array, found ${describeValue(value)}`, {
        hint: "encode the body first, or use the format that fits it, such as text or json",
      });
    },
  }),
});
