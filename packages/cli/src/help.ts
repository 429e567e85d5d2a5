import { COMMON_OPTIONS, type CommandDefinition, type OptionDefinition, type PositionalDefinition } from "./command.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { renderTable } from "./table.ts";

/** What `portolan help` shows. */
export function renderHelp(commands: readonly CommandDefinition[]): string {
  const rows = commands.map((command) => [`  ${[command.name, ...command.positionals.map(positionalUsage)].join(" ")}`, command.summary]);
  const global = [
    ["  help [COMMAND]", "Shows this list, or what there is to know about one command."],
    ["  --version", "Shows the version of Portolan and of Node."],
  ];
  return `portolan: an integration platform for TypeScript\n\nCommands:\n${renderTable([...rows, ...global])}\nportolan help COMMAND tells more. Exit codes: ${exitCodeLine()}\n`;
}

/** What `portolan help COMMAND` and `portolan COMMAND --help` show. */
export function renderCommandHelp(command: CommandDefinition): string {
  const sections = [
    `portolan ${usageOf(command)}\n\n${command.summary}`,
    command.details,
    section(
      "Arguments",
      command.positionals.map((positional) => [`  ${positional.name}`, positional.description]),
    ),
    section("Options", optionRows({ ...command.options, ...COMMON_OPTIONS })),
    section(
      "Examples",
      command.examples.map(({ line, does }) => [`  ${line}`, does]),
    ),
  ];
  return `${sections.filter((text) => text !== undefined && text !== "").join("\n\n")}\n`;
}

/** The reference page of the command line, as Markdown. */
export function renderReference(commands: readonly CommandDefinition[]): string {
  const exits = Object.values(EXIT_CODES).map(({ code, meaning }) => `| ${code} | ${meaning} |`);
  return (
    [
      "# The command line",
      "Generated from the commands' own definitions. `portolan help COMMAND` shows the same.",
      ...commands.map(referenceOf),
      `## Exit codes\n\n| code | meaning |\n| --- | --- |\n${exits.join("\n")}`,
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

function referenceOf(command: CommandDefinition): string {
  const options = optionRows({ ...command.options, ...COMMON_OPTIONS }).map(
    ([name = "", description = ""]) => `| \`${name.trim()}\` | ${description} |`,
  );
  const positionals = command.positionals.map(({ name, description }) => `| \`${name}\` | ${description} |`);
  const examples = command.examples.map(({ line, does }) => `# ${does}\n${line}`);
  return [
    `## portolan ${command.name}`,
    `\`\`\`sh\nportolan ${usageOf(command)}\n\`\`\``,
    command.summary,
    command.details,
    `| argument or option | |\n| --- | --- |\n${[...positionals, ...options].join("\n")}`,
    `\`\`\`sh\n${examples.join("\n\n")}\n\`\`\``,
  ]
    .filter((text) => text !== undefined)
    .join("\n\n");
}

function usageOf(command: CommandDefinition): string {
  return [command.name, ...command.positionals.map(positionalUsage), Object.keys(command.options).length === 0 ? "" : "[OPTIONS]"]
    .filter(Boolean)
    .join(" ");
}

function positionalUsage({ name, presence }: PositionalDefinition): string {
  return { required: name, optional: `[${name}]`, many: `[${name} ...]` }[presence];
}

function optionRows(options: Readonly<Record<string, OptionDefinition>>): string[][] {
  return Object.entries(options).map(([name, { short, value, description }]) => [
    `  ${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`,
    description,
  ]);
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `${title}:\n${renderTable(rows).trimEnd()}`;
}

function exitCodeLine(): string {
  return Object.entries(EXIT_CODES)
    .slice(0, 6)
    .map(([name, { code }]) => `${code} ${name}`)
    .join(", ");
}
