import { plainValue } from "./plain-value.ts";

/** A line of a diff: `-` is expected and not there, `+` is there and not expected, a blank is in both. */
export interface DiffLine {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/** Beyond so many pairs of lines the lines that differ are shown one block after the other. */
const MAX_PAIRS = 1_000_000;
/** Lines in common that are shown before and after those that differ. */
const CONTEXT = 3;

/** Two values laid side by side as JSON, one line each member. The order of keys does not count. */
export function diffValues(expected: unknown, found: unknown): readonly DiffLine[] {
  const [before, after] = [linesOf(expected), linesOf(found)];
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ sign: " ", text }));
  const differing = diff(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return shortened([...same(before.slice(0, start)), ...differing, ...same(before.slice(before.length - end))]);
}

function linesOf(value: unknown): readonly string[] {
  return value === undefined ? [] : (JSON.stringify(plainValue(value), null, 2) ?? String(value)).split("\n");
}

/** The longest common subsequence decides which lines are in both. */
function diff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const all: DiffLine[] = [...before.map((text) => ({ sign: "-", text }) as const), ...after.map((text) => ({ sign: "+", text }) as const)];
  if (before.length * after.length > MAX_PAIRS) return all;
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--) {
    for (let column = after.length - 1; column >= 0; column--) {
      const isSame = before[row] === after[column];
      common[row * width + column] = isSame ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < before.length || column < after.length) {
    const [left, right] = [before[row], after[column]];
    if (left !== undefined && left === right) {
      lines.push({ sign: " ", text: left });
      row += 1;
      column += 1;
    } else if (left !== undefined && (right === undefined || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ sign: "-", text: left });
      row += 1;
    } else {
      lines.push({ sign: "+", text: right ?? "" });
      column += 1;
    }
  }
  return lines;
}

/** Long runs of lines in common are cut down to those next to a difference. */
function shortened(lines: readonly DiffLine[]): readonly DiffLine[] {
  const isNear = (index: number) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== " ");
  const shown: DiffLine[] = [];
  let left = 0;
  const close = () => {
    if (left > 0) shown.push({ sign: " ", text: `… ${left} more line${left === 1 ? "" : "s"} in common` });
    left = 0;
  };
  for (const [index, line] of lines.entries()) {
    if (!isNear(index)) {
      left += 1;
      continue;
    }
    close();
    shown.push(line);
  }
  close();
  return shown;
}
