import { PortolanError, nearestName } from "@portolan/core";
import { parseArguments } from "./arguments.ts";
import type { CommandDefinition, Io } from "./command.ts";
import { exitOf, type ExitName } from "./exit-codes.ts";
import { commandNameOf, commandNames, loadCommand } from "./registry.ts";
import { version } from "./version.ts";

/** Runs one command line and answers how the process should end. Never throws: errors are printed to stderr. */
export async function main(argv: readonly string[], io: Io): Promise<ExitName> {
  try {
    return await runCommandLine(argv, io);
  } catch (error) {
    const [{ renderError }, { paintFor }] = await Promise.all([import("./error-view.ts"), import("./paint.ts")]);
    io.stderr.write(
      renderError(error, { paint: paintFor(io.stderr), directory: io.directory, verbose: argv.includes("--verbose"), version }),
    );
    return exitOf(error);
  }
}

async function runCommandLine(argv: readonly string[], io: Io): Promise<ExitName> {
  const [first] = argv;
  if (first === undefined || first === "help" || first === "--help" || first === "-h") return showHelp(argv.slice(1), io);
  if (first === "--version") {
    io.stdout.write(`portolan ${version} (Node ${process.version})\n`);
    return "ok";
  }
  const found = commandNameOf(argv);
  const command = found === undefined ? undefined : await loadCommand(found.name);
  if (found === undefined || command === undefined) throw unknownCommand(argv);
  const { positionals, options } = parseArguments(command, argv.slice(found.words));
  if (options["help"] === true) return showHelp([found.name], io);
  return command.run({ positionals, options, io });
}

async function showHelp(words: readonly string[], io: Io): Promise<ExitName> {
  const { renderCommandHelp, renderHelp } = await import("./help.ts");
  if (words.length === 0) {
    io.stdout.write(renderHelp(await allCommands()));
    return "ok";
  }
  const name = words.join(" ");
  const commands = await allCommands();
  const exact = commands.find((command) => command.name === name);
  const group = commands.filter((command) => command.name.startsWith(`${name} `));
  if (exact === undefined && group.length === 0) throw unknownCommand(words);
  io.stdout.write((exact === undefined ? group : [exact]).map(renderCommandHelp).join("\n"));
  return "ok";
}

/** The definitions of all commands, in the order of the help. */
export async function allCommands(): Promise<readonly CommandDefinition[]> {
  const commands = await Promise.all(commandNames.map(loadCommand));
  return commands.filter((command) => command !== undefined);
}

function unknownCommand(argv: readonly string[]): PortolanError {
  const [first = "", second = ""] = argv;
  const inGroup = commandNames.filter((name) => name.startsWith(`${first} `));
  if (inGroup.length > 0) {
    const nearest = nearestName(`${first} ${second}`, inGroup);
    const what = second === "" ? `${first} needs one more word` : `there is no command "${first} ${second}"`;
    return new PortolanError("PORTOLAN_USAGE", what, {
      hint: nearest === undefined || second === "" ? `one of: ${inGroup.join(", ")}` : `did you mean "${nearest}"?`,
    });
  }
  const nearest = nearestName(first, commandNames);
  return new PortolanError("PORTOLAN_USAGE", `there is no command "${first}"`, {
    hint: nearest === undefined ? "see: portolan help" : `did you mean "${nearest}"?`,
  });
}
