import { defineFormat, describeValue, isRecord, option, withDefault, type FormatDefinition } from "@portolan/core";
import { createFormat, formatChoiceOf } from "../choice.ts";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { readZip } from "./read-zip.ts";
import { writeZip, type ZipFile } from "./write-zip.ts";

/** Files in a ZIP archive. `inner` are the formats of their contents. */
export function createZipFormat(inner: readonly FormatDefinition[]): FormatDefinition {
  return defineFormat({
    name: "zip",
    title: "ZIP",
    summary:
      "The files of a ZIP archive. The body is the list of `{ name, modified, content }`, the content as bytes or in the format of the option, such as `{ zip: { format: csv } }`. " +
      "Folders are left out. Archives that are encrypted, that lead out of their folder, whose files overlap, or that expand too far are refused.",
    mediaTypes: ["application/zip"],
    extensions: ["zip"],
    options: {
      format: withDefault(formatChoiceOf(inner, "refused"), { name: "bytes" }, "The format of the files."),
      level: withDefault(option.integer({ min: 0, max: 9 }), 6, "From 0, not compressed, to 9, small."),
      maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Archives that are larger, or whose files together are, are refused."),
      maxRatio: withDefault(
        option.integer({ min: 1 }),
        200,
        "A file that expands to more than so many times its size, and to more than 1 MB, is refused.",
      ),
      maxEntries: withDefault(option.integer({ min: 1 }), 10_000, "Archives with more files are refused."),
    },
    create({ format: choice, level, ...limits }, surroundings) {
      const definition = inner.find(({ name }) => name === choice.name);
      if (definition === undefined) throw new TypeError(`the option was read: ${choice.name} is one of these formats`);
      const format = createFormat(definition, choice.options, surroundings);
      const fileOf = (value: unknown): ZipFile => {
        if (!isRecord(value) || typeof value["name"] !== "string") {
          throw formatInvalid(`ZIP is written of a list of { name, content }, found ${describeValue(value)}`);
        }
        const { name, modified, content } = value;
        return { name, modified, content: format.encode(content) };
      };
      return {
        name: format.name === "bytes" ? "zip" : `${format.name} in zip`,
        decode(bytes) {
          checkSize(bytes, limits.maxBytes, "ZIP");
          return readZip(bytes, limits).map((file) => ({ ...file, content: format.decode(file.content) }));
        },
        encode(value) {
          if (!Array.isArray(value)) throw formatInvalid(`ZIP is written of a list of { name, content }, found ${describeValue(value)}`);
          return writeZip(value.map(fileOf), level);
        },
      };
    },
  });
}
