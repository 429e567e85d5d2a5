import type { ConnectorDefinition, SourceDefinition, TargetDefinition } from "@portolan/core";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";
import { optionTables } from "./option-table.ts";

/** A page for each connector. */
export function connectorPages(connectors: readonly ConnectorDefinition[]): readonly GeneratedFile[] {
  return connectors.map((connector) => ({ path: `docs/reference/connectors/${connector.name}.md`, text: page(connector) }));
}

function page({ name, title, summary, source, target }: ConnectorDefinition): string {
  const guide = `[How to use it, and what it guarantees](../../../packages/connectors/src/${name}/README.md)`;
  return `${GENERATED_PAGE}${[
    `# ${title} (\`${name}\`)`,
    summary,
    guide,
    ...(source === undefined ? [] : sourceSection(source)),
    ...(target === undefined ? [] : targetSection(target)),
  ].join("\n\n")}\n`;
}

function sourceSection({ summary, options, replies, poll }: SourceDefinition): readonly string[] {
  const reply = replies
    ? "Somebody waits for the reply: the route's result is the answer."
    : "Its messages are one-way: nobody waits for a reply.";
  const polled = poll === undefined ? [] : ["Steps can take single messages from it: [pollEnrich](../patterns/pollEnrich.md)."];
  return ["## As a source", summary, reply, ...polled, optionTables(options, "###")];
}

function targetSection({ summary, options, replies, address }: TargetDefinition): readonly string[] {
  const call = replies
    ? "`to` sends; `call` sends and gets the reply."
    : "`to` sends; it has no reply, so `call` is a configuration error.";
  const schemes = address?.schemes.map((scheme) => `\`${scheme}:\``).join(", ");
  const addresses = schemes === undefined ? [] : [`Computed addresses: ${schemes}.`];
  return ["## As a target", summary, call, ...addresses, optionTables(options, "###")];
}
