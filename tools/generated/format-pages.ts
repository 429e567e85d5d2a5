import type { FormatDefinition } from "@portolan/core";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";
import { optionTables } from "./option-table.ts";

/** A page for each format. */
export function formatPages(formats: readonly FormatDefinition[]): readonly GeneratedFile[] {
  return formats.map((format) => ({ path: `docs/reference/formats/${format.name}.md`, text: page(format) }));
}

function page({ name, title, summary, mediaTypes, extensions, options }: FormatDefinition): string {
  return `${GENERATED_PAGE}${[
    `# ${title} (\`${name}\`)`,
    summary,
    `Media types: ${quoted(mediaTypes)}${mediaTypes.length > 1 ? "; the first is what is sent" : ""}.\nFile extensions: ${quoted(extensions)}.`,
    "## Options",
    optionTables(options, "###"),
  ].join("\n\n")}\n`;
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `\`${name}\``).join(", ");
}
