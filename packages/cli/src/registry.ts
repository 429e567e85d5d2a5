import type { CommandDefinition } from "./command.ts";

/** The commands, each loaded when it is used: a start must not pay for the others. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  dev: async () => (await import("./commands/dev.ts")).dev,
  start: async () => (await import("./commands/start.ts")).start,
  run: async () => (await import("./commands/run.ts")).run,
  check: async () => (await import("./commands/check.ts")).check,
  test: async () => (await import("./commands/test.ts")).test,
  "channels ls": async () => (await import("./commands/channels-ls.ts")).channelsLs,
  "channels peek": async () => (await import("./commands/channels-peek.ts")).channelsPeek,
  "channels redrive": async () => (await import("./commands/channels-redrive.ts")).channelsRedrive,
  "channels purge": async () => (await import("./commands/channels-purge.ts")).channelsPurge,
  "messages show": async () => (await import("./commands/messages-show.ts")).messagesShow,
  errors: async () => (await import("./commands/errors.ts")).errors,
  eval: async () => (await import("./commands/eval.ts")).evalCommand,
  convert: async () => (await import("./commands/convert.ts")).convert,
  mock: async () => (await import("./commands/mock.ts")).mock,
  describe: async () => (await import("./commands/describe.ts")).describe,
  docs: async () => (await import("./commands/docs.ts")).docs,
  explain: async () => (await import("./commands/explain.ts")).explain,
};

/** The words that alone mean a command of their group. */
const SHORT_NAMES: Readonly<Record<string, string>> = { channels: "channels ls" };

export const commandNames: readonly string[] = Object.keys(COMMANDS);

export async function loadCommand(name: string): Promise<CommandDefinition | undefined> {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name]?.() : undefined;
}

/** The name of the command that a command line begins with, and how many words it takes. */
export function commandNameOf(argv: readonly string[]): { readonly name: string; readonly words: number } | undefined {
  const [first = "", second = ""] = argv;
  const pair = `${first} ${second}`;
  if (Object.hasOwn(COMMANDS, pair)) return { name: pair, words: 2 };
  if (Object.hasOwn(COMMANDS, first)) return { name: first, words: 1 };
  const isGroup = Object.hasOwn(SHORT_NAMES, first) && (second === "" || second.startsWith("-"));
  return isGroup ? { name: SHORT_NAMES[first] ?? first, words: 1 } : undefined;
}
