import { createRequire } from "node:module";
import { defineFormat, option, withDefault, type Format, type FormatDefinition } from "@portolan/core";
import { createFormat, formatChoiceOf } from "../choice.ts";
import { checkSize } from "../format-invalid.ts";
import { gunzip, gunzipStream } from "./gunzip.ts";

const load = createRequire(import.meta.url);

/** Another format within gzip (RFC 1952). `inner` are the formats that may stand within. */
export function createGzipFormat(inner: readonly FormatDefinition[]): FormatDefinition {
  return defineFormat({
    name: "gzip",
    title: "Gzip",
    summary:
      "Another format compressed by gzip (RFC 1952), such as `{ gzip: { format: csv } }`; without `format` the body is the bytes. " +
      "What expands beyond a size or a ratio is refused before it does. Records are written as members of their own, which every reader puts together.",
    mediaTypes: ["application/gzip", "application/x-gzip"],
    extensions: ["gz"],
    options: {
      format: withDefault(formatChoiceOf(inner, "refused"), { name: "bytes" }, "The format of what is compressed."),
      level: withDefault(option.integer({ min: 1, max: 9 }), 6, "From 1, fast, to 9, small."),
      maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "What is larger, before or after it expands, is refused when read as a whole."),
      maxRatio: withDefault(
        option.integer({ min: 1 }),
        200,
        "What expands to more than so many times its size, and to more than 1 MB, is refused.",
      ),
    },
    create({ format: choice, level, ...limits }, surroundings) {
      const definition = inner.find(({ name }) => name === choice.name);
      if (definition === undefined) throw new TypeError(`the option was read: ${choice.name} is one of these formats`);
      const format = createFormat(definition, choice.options, surroundings);
      const compress = (bytes: Uint8Array): Uint8Array => {
        // Loaded by the first bytes that are compressed.
        const { gzipSync } = load("node:zlib") as typeof import("node:zlib");
        return gzipSync(bytes, { level });
      };
      return {
        name: format.name === "bytes" ? "gzip" : `${format.name} in gzip`,
        decode(bytes) {
          checkSize(bytes, limits.maxBytes, "gzip");
          return format.decode(gunzip(bytes, limits));
        },
        encode: (value) => compress(format.encode(value)),
        ...recordsOf(format, { compress, maxRatio: limits.maxRatio }),
      };
    },
  });
}

/** Records, if the format within has any. */
function recordsOf(
  format: Format,
  { compress, maxRatio }: { readonly compress: (bytes: Uint8Array) => Uint8Array; readonly maxRatio: number },
): Pick<Format, "decodeStream" | "encodeRecord"> {
  const { decodeStream, encodeRecord } = format;
  return {
    ...(decodeStream === undefined ? {} : { decodeStream: (chunks) => decodeStream.call(format, gunzipStream(chunks, maxRatio)) }),
    ...(encodeRecord === undefined ? {} : { encodeRecord: (value, first) => compress(encodeRecord.call(format, value, first)) }),
  };
}
