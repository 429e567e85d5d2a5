import { allCommands, renderReference } from "@portolan/cli";
import { connectors } from "@portolan/connectors";
import { flowSchema, patterns } from "@portolan/engine";
import { formats, formatSchema } from "@portolan/formats";
import { configPage } from "./config-page.ts";
import { connectorPages } from "./connector-pages.ts";
import { errorPage } from "./error-page.ts";
import { formatPages } from "./format-pages.ts";
import { functionPage } from "./function-page.ts";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";
import { patternPages } from "./pattern-pages.ts";

/** The reference: a page for everything that has a definition value, an index of them, and the schema of flow files. */
export async function reference(): Promise<readonly GeneratedFile[]> {
  return [
    indexPage([
      { title: "Patterns", folder: "patterns", components: patterns },
      { title: "Connectors", folder: "connectors", components: connectors },
      { title: "Formats", folder: "formats", components: formats },
    ]),
    configPage(),
    errorPage(),
    functionPage(),
    { path: "docs/reference/cli.md", text: `${GENERATED_PAGE}${renderReference(await allCommands())}` },
    {
      path: "docs/reference/flow.schema.json",
      text: `${JSON.stringify(flowSchema({ patterns, connectors }, { format: formatSchema }), undefined, 2)}\n`,
    },
    ...patternPages(patterns),
    ...connectorPages(connectors),
    ...formatPages(formats),
  ];
}

interface Group {
  readonly title: string;
  readonly folder: string;
  readonly components: readonly { readonly name: string; readonly title: string; readonly summary: string }[];
}

const OTHER_PAGES = [
  "- [The command line](cli.md)",
  "- [Configuration](configuration.md)",
  "- [Functions of expressions](functions.md)",
  "- [Error codes](errors.md)",
  "- [The JSON Schema of flow files](flow.schema.json), for editors",
];

function indexPage(groups: readonly Group[]): GeneratedFile {
  const sections = groups.map(({ title, folder, components }) => {
    const rows = components.map(({ name, title: heading, summary }) => `| [\`${name}\`](${folder}/${name}.md) | ${heading} | ${summary} |`);
    return [`## ${title}`, ["| name | | |", "| --- | --- | --- |", ...rows].join("\n")];
  });
  return {
    path: "docs/reference/README.md",
    text: `${GENERATED_PAGE}${["# Reference", OTHER_PAGES.join("\n"), ...sections.flat()].join("\n\n")}\n`,
  };
}
