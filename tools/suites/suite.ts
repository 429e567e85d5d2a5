/** A set of cases from elsewhere, or of our own, that the formats and languages are held against. */
export interface Suite {
  readonly name: string;
  run(): SuiteResult | Promise<SuiteResult>;
}

export interface SuiteResult {
  readonly cases: number;
  readonly failures: readonly string[];
  /** What a reader should know beside the count. */
  readonly remark?: string;
  /** Why nothing was run. */
  readonly skipped?: string;
}

/** Runs every case; a failure is what `run` throws or answers. */
export function outcomes<Case>(cases: readonly Case[], nameOf: (one: Case) => string, run: (one: Case) => string | undefined): SuiteResult {
  const failures = cases.flatMap((one) => {
    const failure = failureOf(() => run(one));
    return failure === undefined ? [] : [`${nameOf(one)}: ${failure}`];
  });
  return { cases: cases.length, failures };
}

function failureOf(run: () => string | undefined): string | undefined {
  try {
    return run();
  } catch (thrown) {
    return String(thrown);
  }
}
