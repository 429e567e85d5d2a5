import type { PatternDefinition } from "@portolan/engine";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";
import { optionTables } from "./option-table.ts";

/** A page for each pattern. */
export function patternPages(patterns: readonly PatternDefinition[]): readonly GeneratedFile[] {
  return patterns.map((pattern) => ({ path: `docs/reference/patterns/${pattern.name}.md`, text: page(pattern) }));
}

function page({ name, title, group, summary, semantics, example, options, gate }: PatternDefinition): string {
  const block = gate === true ? ["Without `steps`, the rest of the list it stands in is its block."] : [];
  return `${GENERATED_PAGE}${[
    `# ${title} (\`${name}\`)`,
    summary,
    `Group: ${group}.`,
    `\`\`\`yaml\n${example.trim()}\n\`\`\``,
    "## Options",
    options.specs === undefined ? `The value under \`${name}\` is ${options.expected}.` : optionTables(options.specs, "###"),
    ...block,
    "## What it does",
    semantics.trim(),
  ].join("\n\n")}\n`;
}
