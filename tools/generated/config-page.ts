import { configOptions } from "@portolan/host";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";
import { optionTables } from "./option-table.ts";

/** The page of what `portolan.config.ts` may say. */
export function configPage(): GeneratedFile {
  return {
    path: "docs/reference/configuration.md",
    text: `${GENERATED_PAGE}${[
      "# Configuration",
      "`portolan.config.ts` (its default export) or `portolan.config.json` in the app's directory. All of it is optional; `${NAME}` in a text is the environment variable NAME.",
      optionTables(configOptions, "##"),
    ].join("\n\n")}\n`,
  };
}
