import { parseArgs } from "node:util";
import { PortolanError, nearestName } from "@portolan/core";
import { COMMON_OPTIONS, type CommandDefinition, type OptionDefinition, type ParsedOptions } from "./command.ts";

export interface ParsedArguments {
  readonly positionals: readonly string[];
  readonly options: ParsedOptions;
}

/** Reads the arguments of a command; PORTOLAN_USAGE says which one was not understood and what would have been. */
export function parseArguments(command: CommandDefinition, argv: readonly string[]): ParsedArguments {
  const known: Readonly<Record<string, OptionDefinition>> = { ...command.options, ...COMMON_OPTIONS };
  const config = Object.fromEntries(
    Object.entries(known).map(([name, { type, short }]) => [name, { type, ...(short === undefined ? {} : { short }) }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options: config, strict: false, allowPositionals: true, tokens: true });
  const options: Record<string, string | boolean> = {};
  const lists: Record<string, string[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    else if (token.kind === "option") {
      const value = optionValue(command, { known: known[token.name], rawName: token.rawName, value: token.value });
      if (known[token.name]?.many === true) (lists[token.name] ??= []).push(String(value));
      else options[token.name] = value;
    }
  }
  if (options["help"] !== true) checkPositionals(command, positionals);
  return { positionals, options: { ...options, ...lists } };
}

interface OptionToken {
  readonly known: OptionDefinition | undefined;
  readonly rawName: string;
  readonly value: string | undefined;
}

function optionValue(command: CommandDefinition, { known, rawName, value }: OptionToken): string | boolean {
  if (known === undefined) throw unknownOption(command, rawName);
  if (known.type === "string" && value === undefined) throw usage(command, `${rawName} needs a value: ${rawName} ${known.value ?? "TEXT"}`);
  if (known.type === "boolean" && value !== undefined) throw usage(command, `${rawName} takes no value, found ${JSON.stringify(value)}`);
  return value ?? true;
}

function unknownOption(command: CommandDefinition, rawName: string): PortolanError {
  const names = Object.keys({ ...command.options, ...COMMON_OPTIONS }).map((name) => `--${name}`);
  const nearest = nearestName(rawName, names);
  return usage(command, `${command.name} has no option ${rawName}`, nearest === undefined ? undefined : `did you mean ${nearest}?`);
}

function checkPositionals(command: CommandDefinition, positionals: readonly string[]): void {
  const { positionals: wanted, name } = command;
  const missing = wanted.filter(({ presence }) => presence === "required")[positionals.length];
  if (missing !== undefined) throw usage(command, `${name} needs ${missing.name}: ${missing.description}`);
  const surplus = positionals[wanted.length];
  if (surplus !== undefined && wanted.at(-1)?.presence !== "many")
    throw usage(command, `${name} does not know what to do with ${JSON.stringify(surplus)}`);
}

/** A command line that cannot be followed. */
export function usage(command: CommandDefinition | undefined, message: string, hint?: string): PortolanError {
  return new PortolanError("PORTOLAN_USAGE", message, {
    hint: hint ?? `see: portolan help${command === undefined ? "" : ` ${command.name}`}`,
  });
}

/** A whole number given as what `name` says: `--limit`, or SEQUENCE for one without a name. */
export function wholeNumber(text: string, name: string, least = 0): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least) return number;
  throw usage(undefined, `${name} expects a whole number of at least ${least}, found ${JSON.stringify(text)}`);
}
