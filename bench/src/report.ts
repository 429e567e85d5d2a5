import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spread, type Row } from "./ratios.ts";
import type { Samples } from "./interleave.ts";

/** Prints the rows as a table and writes them to bench/out/NAME.json. The process fails if a target does not hold. */
export function report(name: string, rows: readonly Row[]): void {
  const lines = rows.map(({ name: what, ratio, min, max, target, holds, skipped }) => [
    what,
    skipped === undefined ? String(ratio) : `skipped: ${skipped}`,
    min === null || min === max ? "" : `${min}–${max}`,
    target ?? "",
    holds === null ? "" : holds ? "holds" : "MISSED",
  ]);
  process.stdout.write(table([["", "ratio", "min–max", "target", ""], ...lines]));
  const directory = path.resolve(import.meta.dirname, "../out");
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, `${name}.json`), `${JSON.stringify(rows, null, 2)}\n`);
  if (rows.some(({ holds }) => holds === false)) process.exitCode = 1;
}

/** Prints what was measured, before the ratios made of it. */
export function reportSamples(samples: Samples, unit: string): void {
  const lines = [...samples].map(([name, costs]) => {
    const { median, min, max } = spread(costs);
    return [name, `${digits(median)} ${unit}`, `${digits(min)}–${digits(max)}`];
  });
  process.stdout.write(`${table(lines)}\n`);
}

function digits(value: number): string {
  return value.toPrecision(3);
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
