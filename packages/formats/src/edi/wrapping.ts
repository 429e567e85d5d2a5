import type { EdiWrapping } from "./document.ts";
import type { TextDialect } from "./segment-reader.ts";

/** A text whose lines end after so many characters, wherever that is; undefined if its line ends stand between segments or within data. */
export function wrappingOf(text: string, dialect: Pick<TextDialect, "start">): EdiWrapping | undefined {
  const first = text.indexOf("\n");
  if (first < 0) return undefined;
  // Most texts have lines of any length, and are not cut into lines for that.
  const second = text.indexOf("\n", first + 1);
  if (second >= 0 && second < text.length - 1 && second - first !== first + 1) return undefined;
  const newline = text.charAt(first - 1) === "\r" ? "\r\n" : "\n";
  const lines = text.split(newline);
  const ended = lines.at(-1) === "";
  if (ended) lines.pop();
  const columns = lines[0]?.length ?? 0;
  // With fewer lines an equal length says nothing, unless it is that of a terminal.
  if (lines.length < (columns === 80 ? 2 : 3) || columns > 10_000) return undefined;
  if (lines.some((line, index) => (index === lines.length - 1 ? line.length > columns : line.length !== columns))) return undefined;
  const start = dialect.start(lines.join(""));
  const terminator = typeof start === "string" ? "\n" : start.delimiters.segment;
  const isWithin = !/[\r\n]/.test(terminator) && lines.slice(0, -1).some((line) => !line.endsWith(terminator));
  return isWithin ? { columns, newline, ...(ended && { ended }) } : undefined;
}

export function unwrap(text: string, { newline }: EdiWrapping): string {
  return text.replaceAll(newline, "");
}

export function wrap(text: string, { columns, newline, ended }: EdiWrapping): string {
  return (text.match(new RegExp(`[^]{1,${columns}}`, "g")) ?? []).join(newline) + (ended === true ? newline : "");
}
