import type { Readable, Writable } from "node:stream";
import type { ExitName } from "./exit-codes.ts";

/** Everything the command line, its help and its reference page know about one command. */
export interface CommandDefinition {
  /** One word, or two for a command of a group such as `channels peek`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** What else is worth knowing, as Markdown paragraphs. */
  readonly details?: string;
  readonly positionals: readonly PositionalDefinition[];
  readonly options: Readonly<Record<string, OptionDefinition>>;
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  run(invocation: Invocation): Promise<ExitName>;
}

export interface PositionalDefinition {
  readonly name: string;
  readonly description: string;
  readonly presence: "required" | "optional" | "many";
}

export interface OptionDefinition {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** What stands for its value in help, such as `DIR`. */
  readonly value?: string;
  readonly description: string;
  /** May be given several times; its value is the list of them. */
  readonly many?: true;
}

/** What a command is run with: its arguments, and the process around it. */
export interface Invocation<Options = ParsedOptions> {
  readonly positionals: readonly string[];
  readonly options: Options;
  readonly io: Io;
}

/** Options as they were parsed: text, a switch, or a list of texts. */
export type ParsedOptions = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

/** The process as commands see it; tests hand in their own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly directory: string;
}

/** The values of a command's options: text, a switch, or a list of texts; undefined where it was not given. */
export type OptionValues<Options extends Readonly<Record<string, OptionDefinition>>> = {
  readonly [K in keyof Options]: OptionValue<Options[K]> | undefined;
};

type OptionValue<Option extends OptionDefinition> = Option extends { readonly many: true }
  ? readonly string[]
  : Option["type"] extends "boolean"
    ? boolean
    : string;

type TypedCommand<Options extends Readonly<Record<string, OptionDefinition>>> = Omit<CommandDefinition, "options" | "run"> & {
  readonly options: Options;
  readonly run: (invocation: Invocation<OptionValues<Options>>) => Promise<ExitName>;
};

/** Checks at compile time that `run` uses the options that the command has. */
export function defineCommand<const Options extends Readonly<Record<string, OptionDefinition>>>(
  command: TypedCommand<Options>,
): CommandDefinition {
  // The parser reads the options by the definitions of the same command before `run` sees them.
  return command as unknown as CommandDefinition;
}

/** Options that every command has. */
export const COMMON_OPTIONS = {
  help: { type: "boolean", short: "h", description: "Show the help of the command." },
  verbose: { type: "boolean", description: "Show stack traces with errors." },
} as const satisfies Readonly<Record<string, OptionDefinition>>;
