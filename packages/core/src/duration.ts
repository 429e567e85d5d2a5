/** Milliseconds, or a text such as `500ms`, `10s`, `5m`, `2h`, `1d`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds of a duration, or undefined if the value is none. Negative numbers are no duration. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined;
  if (typeof value !== "string") return undefined;
  const match = DURATION.exec(value);
  if (!match) return undefined;
  return Number(match[1]) * (UNITS[match[2] ?? ""] ?? 1);
}

/** The shortest text for a number of milliseconds, such as `1.5s`. */
export function formatDuration(milliseconds: number): string {
  const [unit, size] = (Object.entries(UNITS)
    .reverse()
    .find(([, size]) => milliseconds >= size) ?? ["ms", 1]) as [string, number];
  return `${Number((milliseconds / size).toFixed(2))}${unit}`;
}
