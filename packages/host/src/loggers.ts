import { styleText } from "node:util";
import { printable, type Clock, type Logger, type LogLevel } from "@portolan/core";
import { jsonText } from "./json-text.ts";

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const COLOURS = { debug: "gray", info: "cyan", warn: "yellow", error: "red" } as const satisfies Record<LogLevel, string>;

export interface LoggerOptions {
  readonly clock: Clock;
  /** The least level that is written. Default `info`. */
  readonly level?: LogLevel;
  /** Gets each line with its end. */
  write(line: string): void;
}

/** One JSON object a line: `time`, `level`, `message`, then the fields; a field of such a name is found in `fields`. */
export function createJsonLogger(options: LoggerOptions): Logger {
  return filtered(options, (level, message, fields) => {
    const line: Record<string, unknown> = { time: new Date(options.clock.now()).toISOString(), level, message };
    const clashing: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(fields)) (Object.hasOwn(line, name) ? clashing : line)[name] = value;
    if (Object.keys(clashing).length > 0) line["fields"] = clashing;
    return jsonText(line);
  });
}

/** Lines for people: time of day, level, message, and the fields as `name=value`. */
export function createHumanLogger(options: LoggerOptions & { readonly colour?: boolean }): Logger {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    options.colour === true ? styleText(style, text, { validateStream: false }) : text;
  return filtered(options, (level, message, fields) => {
    const time = new Date(options.clock.now()).toTimeString().slice(0, 8);
    const pairs = Object.entries(fields).map(([name, value]) => ` ${paint("dim", `${name}=`)}${printable(fieldText(value))}`);
    return `${paint("dim", time)} ${paint(COLOURS[level], level.padEnd(5))} ${printable(message)}${pairs.join("")}`;
  });
}

function fieldText(value: unknown): string {
  return typeof value === "string" && /^[\w./:@+-]+$/.test(value) ? value : jsonText(value);
}

type Line = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => string;

function filtered(options: LoggerOptions, line: Line): Logger {
  const least = LEVELS[options.level ?? "info"];
  return {
    log(level, message, fields = {}) {
      if (LEVELS[level] >= least) options.write(`${line(level, message, fields)}\n`);
    },
  };
}
