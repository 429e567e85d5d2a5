import { describeValue, isRecord, type OptionType } from "@portolan/core";
import { readAppFile } from "./app-file.ts";
import { createFormat } from "./choice.ts";
import { yamlFormat } from "./yaml/yaml.ts";

/** A layout as it is chosen: the path of a YAML or JSON file, or the layout itself. */
export type LayoutChoice = string | Readonly<Record<string, unknown>>;

export const layoutChoice: OptionType<LayoutChoice> = {
  kind: "layout",
  expected: "the path of a layout file, or a layout",
  schema: { anyOf: [{ type: "string", minLength: 1 }, { type: "object" }] },
  read(given, context) {
    const value = context.substitute(given);
    if ((typeof value === "string" && value !== "") || isRecord(value)) return value;
    context.report({ message: "wrong value", expected: this.expected, found: describeValue(value) });
    return undefined;
  },
};

/** The layout of a choice, and what errors call it. JSON is YAML. */
export function openLayout(choice: LayoutChoice, directory: string): { readonly name: string; readonly layout: unknown } {
  if (typeof choice !== "string") return { name: "layout", layout: choice };
  return { name: choice, layout: readAppFile(choice, { directory, format: createFormat(yamlFormat) }) };
}
