import { defineFormat, option, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize } from "../format-invalid.ts";
import { decodeText, encodeText } from "../text/charset.ts";
import { readYaml } from "./read-yaml.ts";
import { writeYaml } from "./write-yaml.ts";

export const yamlFormat: FormatDefinition = defineFormat({
  name: "yaml",
  title: "YAML",
  summary:
    "One YAML 1.2 document in UTF-8, or with `documents` the list of those that `---` parts. Tags of one's own are refused; comments and anchors are not kept: an alias is a copy of what it stands for.",
  mediaTypes: ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"],
  extensions: ["yaml", "yml"],
  options: {
    documents: withDefault(option.boolean, false, "Whether the body is a list of documents."),
    indent: withDefault(option.integer({ min: 1, max: 10 }), 2, "Blanks per level when writing."),
    maxBytes: withDefault(
      option.bytes,
      2 * 1024 ** 2,
      "Larger documents are refused: reading takes some 250 bytes of memory for each of theirs.",
    ),
    maxDepth: withDefault(option.integer({ min: 1, max: 500 }), 100, "Documents with more lists and maps within one another are refused."),
    maxAliases: withDefault(
      option.integer({ min: 0 }),
      100,
      "How many values aliases may stand for, those within one another multiplied; more are refused.",
    ),
  },
  create: (options) => ({
    name: "yaml",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "YAML");
      return readYaml(decodeText(bytes, "utf-8"), options);
    },
    encode: (value) => encodeText(writeYaml(value, options), "utf-8"),
  }),
});
