import type { Samples } from "./interleave.ts";

/** The median of the ratios of each round, with the least and the greatest of them. */
export interface Ratio {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What a figure must keep to, such as `{ atLeast: 3 }`. */
export type Target = { readonly atLeast: number; readonly unit?: string } | { readonly atMost: number; readonly unit?: string };

/** One line of the result: bench/out/NAME.json is a list of these. */
export interface Row {
  readonly name: string;
  /** Null if the peer is missing. */
  readonly ratio: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** In words such as `≥ 3×`; null where figures stand beside each other without a target. */
  readonly target: string | null;
  readonly holds: boolean | null;
  readonly skipped?: string;
}

/** How many times faster `subject` is than `peer`: the peer's cost divided by the subject's, round by round. */
export function speedOver(samples: Samples, subject: string, peer: string): Ratio {
  return spread(pairs(samples, subject, peer).map(([own, other]) => other / own));
}

/** How many times the cost of `peer` one pays for `subject`. */
export function costOver(samples: Samples, subject: string, peer: string): Ratio {
  return spread(pairs(samples, subject, peer).map(([own, other]) => own / other));
}

export function spread(values: readonly number[]): Ratio {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || min === undefined || max === undefined)
    throw new RangeError("a spread needs at least one value");
  return { median: (low + high) / 2, min, max };
}

export function row(name: string, { median, min, max }: Ratio, target?: Target): Row {
  return {
    name,
    ratio: rounded(median),
    min: rounded(min),
    max: rounded(max),
    target: target === undefined ? null : targetText(target),
    holds: target === undefined ? null : holds(median, target),
  };
}

export function skippedRow(name: string, reason: string, target?: Target): Row {
  return {
    name,
    ratio: null,
    min: null,
    max: null,
    target: target === undefined ? null : targetText(target),
    holds: null,
    skipped: reason,
  };
}

function holds(value: number, target: Target): boolean {
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
}

function targetText(target: Target): string {
  const [sign, bound] = "atLeast" in target ? ["≥", target.atLeast] : ["≤", target.atMost];
  return `${sign} ${bound}${target.unit ?? "×"}`;
}

function pairs(samples: Samples, subject: string, peer: string): readonly (readonly [number, number])[] {
  const others = roundsOf(samples, peer);
  return roundsOf(samples, subject).flatMap((own, round) => {
    const other = others[round];
    return other === undefined ? [] : [[own, other] as const];
  });
}

function roundsOf(samples: Samples, name: string): readonly number[] {
  const rounds = samples.get(name);
  if (rounds === undefined) throw new RangeError(`nobody named ${name} took part, only ${[...samples.keys()].join(", ")}`);
  return rounds;
}

/** Three significant digits: more would promise what a shared machine cannot keep. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
