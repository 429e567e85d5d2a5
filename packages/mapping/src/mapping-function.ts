/** A function that expressions can call beside the language's own: the reference shows its examples, and a test runs them. */
export interface MappingFunction {
  readonly name: string;
  /** In JSONata's notation of signatures. */
  readonly signature: string;
  readonly summary: string;
  /** What the last argument, a map, may hold. */
  readonly options?: Readonly<Record<string, string>>;
  readonly examples: readonly (readonly [expression: string, value: unknown])[];
  call(...args: readonly unknown[]): unknown;
}
