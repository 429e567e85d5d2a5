import { formatDuration } from "@portolan/core";

/** How long ago something was, in the unit that people would use. */
export function formatAge(milliseconds: number): string {
  const whole = [86_400_000, 3_600_000, 60_000, 1000].find((unit) => milliseconds >= unit) ?? 1;
  return `${formatDuration(Math.max(0, Math.floor(milliseconds / whole) * whole))} ago`;
}
