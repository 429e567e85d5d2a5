import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { PortolanError, printable, type Finding, type Place } from "@portolan/core";
import type { Paint } from "./paint.ts";

export interface ErrorView {
  readonly paint: Paint;
  /** File names are shown relative to it. */
  readonly directory: string;
  readonly verbose: boolean;
  readonly version: string;
}

/** An error as people read it on a terminal: code, message, the place with its line, expected, found, help. */
export function renderError(error: unknown, view: ErrorView): string {
  if (!(error instanceof PortolanError)) return renderBug(error, view);
  const blocks =
    error.findings === undefined || error.findings.length === 0
      ? [renderPlain(error, view)]
      : error.findings.map((finding) => renderFinding({ level: "error", code: error.code }, finding, view));
  const { length } = blocks;
  const summary = length < 2 ? "" : `${length} errors.`;
  const explain = `For more about ${error.code}: portolan explain ${error.code}`;
  const stack = view.verbose && error.stack !== undefined ? `\n${view.paint("dim", stackOf(error))}\n` : "";
  return `${blocks.join("\n")}${stack}\n${view.paint("dim", [summary, explain].filter(Boolean).join(" "))}\n`;
}

export interface Heading {
  readonly level: "error" | "warning";
  readonly code?: string;
}

/** One finding of a configuration. */
export function renderFinding(heading: Heading, finding: Finding, view: ErrorView): string {
  const details = [
    note("path", finding.path === finding.place?.file ? undefined : finding.path, view),
    note("expected", finding.expected, view),
    note("found", finding.found, view),
    note("help", finding.hint, view),
  ];
  return headline(heading, finding.message, view) + renderPlace(finding.place, view) + details.join("");
}

function renderPlain(error: PortolanError, view: ErrorView): string {
  const where = [
    error.route && `route ${error.route}`,
    error.step && `step ${error.step}`,
    error.endpoint && `endpoint ${error.endpoint}`,
    error.messageId && `message ${error.messageId}`,
  ];
  const because = error.cause instanceof Error && !error.message.includes(error.cause.message) ? error.cause.message : undefined;
  return (
    headline({ level: "error", code: error.code }, error.message, view) +
    note("at", where.filter(Boolean).join(", "), view) +
    note("because", because, view) +
    note("help", error.hint, view)
  );
}

function renderBug(error: unknown, view: ErrorView): string {
  const text = error instanceof Error ? stackOf(error) : `a value was thrown: ${String(error)}`;
  return [
    `${view.paint(["red", "bold"], "bug")}${view.paint("bold", ": this should not have happened")}`,
    text,
    `  = portolan ${view.version}, Node ${process.version}, ${process.platform} ${process.arch}`,
    "  = help: please report it with the lines above and what you did",
    "",
  ].join("\n");
}

function headline({ level, code }: Heading, message: string, view: ErrorView): string {
  const label = code === undefined ? level : `${level}[${code}]`;
  return `${view.paint([level === "error" ? "red" : "yellow", "bold"], label)}${view.paint("bold", `: ${printable(message)}`)}\n`;
}

function note(label: string, text: string | undefined, view: ErrorView): string {
  if (text === undefined || text === "") return "";
  const [first, ...rest] = printable(text).split("\n");
  const indent = " ".repeat(label.length + 6);
  return `  ${view.paint("blue", "=")} ${view.paint("bold", `${label}:`)} ${[first, ...rest.map((line) => indent + line)].join("\n")}\n`;
}

function renderPlace(place: Place | undefined, view: ErrorView): string {
  if (place === undefined) return "";
  const file = resolve(view.directory, place.file);
  const position = [relative(view.directory, file) || place.file, place.line, place.line === undefined ? undefined : place.column]
    .filter((part) => part !== undefined)
    .join(":");
  const line = place.line === undefined ? undefined : lineOf(file, place.line);
  const header = `  ${view.paint("blue", "-->")} ${position}\n`;
  return line === undefined || place.line === undefined
    ? header
    : header + renderWindow(line, { line: place.line, column: place.column ?? 1 }, view);
}

const WIDEST = 120;

function renderWindow(text: string, at: { readonly line: number; readonly column: number }, view: ErrorView): string {
  const start = at.column > WIDEST - 20 ? at.column - WIDEST / 2 : 0;
  const shown = printable(text.slice(start, start + WIDEST)).replaceAll("\t", " ");
  const column = at.column - 1 - start;
  const word = /^[\w$.-]+/.exec(shown.slice(column))?.[0] ?? "^";
  const number = String(at.line);
  const gutter = " ".repeat(number.length);
  const bar = view.paint("blue", "|");
  return `${gutter} ${bar}\n${view.paint("blue", number)} ${bar} ${shown}\n${gutter} ${bar} ${" ".repeat(column)}${view.paint(["red", "bold"], "^".repeat(word.length))}\n`;
}

/** The line of a file, unless the file or the line is gone by now: then the place alone has to do. */
function lineOf(file: string, line: number): string | undefined {
  try {
    return readFileSync(file, "utf8").split(/\r?\n/)[line - 1];
  } catch {
    return undefined;
  }
}

function stackOf(error: Error): string {
  return stripVTControlCharacters(error.stack ?? error.message);
}
