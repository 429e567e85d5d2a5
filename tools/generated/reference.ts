import { patterns } from "@portolan/engine";
import { formats } from "@portolan/formats";
import { errorPage } from "./error-page.ts";
import { formatPages } from "./format-pages.ts";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";
import { patternPages } from "./pattern-pages.ts";

/** The reference: a page for everything that has a definition value, and an index of them. */
export async function reference(): Promise<readonly GeneratedFile[]> {
  return [
    indexPage([
      { title: "Patterns", folder: "patterns", components: patterns },
      { title: "Formats", folder: "formats", components: formats },
    ]),
    errorPage(),
    ...patternPages(patterns),
    ...formatPages(formats),
  ];
}

interface Group {
  readonly title: string;
  readonly folder: string;
  readonly components: readonly { readonly name: string; readonly title: string; readonly summary: string }[];
}

function indexPage(groups: readonly Group[]): GeneratedFile {
  const sections = groups.map(({ title, folder, components }) => {
    const rows = components.map(({ name, title: heading, summary }) => `| [\`${name}\`](${folder}/${name}.md) | ${heading} | ${summary} |`);
    return [`## ${title}`, ["| name | | |", "| --- | --- | --- |", ...rows].join("\n")];
  });
  return {
    path: "docs/reference/README.md",
    text: `${GENERATED_PAGE}${["# Reference", "[Error codes](errors.md)", ...sections.flat()].join("\n\n")}\n`,
  };
}
