/** One thing that is not as a case expects it. */
export interface Difference {
  /** Where in the expectation, such as `records.out`; empty for the case as a whole. */
  readonly where: string;
  /** In one line, such as `expected bodies ["A+B"], got []`. */
  readonly message: string;
  /** The values that differ, where there is one. */
  readonly expected?: unknown;
  readonly found?: unknown;
}

export function difference(expected: string, got: string, values: Pick<Difference, "expected" | "found"> = {}): Difference {
  return { where: "", message: `expected ${expected}, got ${got}`, ...values };
}

export function within(where: string, found: Difference): Difference {
  return { ...found, where };
}

/** A difference as the report of a case shows it. */
export function differenceText({ where, message }: Difference): string {
  return where === "" ? message : `${where}: ${message}`;
}
