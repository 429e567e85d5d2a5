import { describeValue } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { writeJson } from "../json/json-text.ts";
import { loadYaml } from "./load-yaml.ts";

export function writeYaml(value: unknown, { documents, indent }: { readonly documents: boolean; readonly indent: number }): string {
  const write = (document: unknown) => {
    // It refuses what is no data, such as a map within itself, in words that say so.
    writeJson(document);
    // In blocks the library loses blanks: " \n" in a list came back as "\n".
    return loadYaml().stringify(document, { indent, lineWidth: 0, blockQuote: false, aliasDuplicateObjects: false });
  };
  if (!documents) return write(value);
  if (!Array.isArray(value)) throw formatInvalid(`YAML documents are written of a list, found ${describeValue(value)}`);
  return value.map((document) => `---\n${write(document)}`).join("");
}
