import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { describeValue, isRecord, PortolanError, type OptionType } from "@portolan/core";

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

/** The layout of a choice, and what errors call it. Files are read at once, since an app is put together before anything runs. */
export function openLayout(choice: LayoutChoice, directory: string): { readonly name: string; readonly layout: unknown } {
  if (typeof choice !== "string") return { name: "layout", layout: choice };
  const file = resolve(directory, choice);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const found = code === "ENOENT" ? `no such file at ${file}` : code;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `the layout ${choice} cannot be read: ${found}`, { cause });
  }
  // Loaded only by those who have layouts.
  const { parseDocument } = createRequire(import.meta.url)("yaml") as typeof import("yaml");
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `the layout ${choice} is no YAML: ${error.message}`, { cause: error });
  }
  return { name: choice, layout: document.toJS() as unknown };
}
