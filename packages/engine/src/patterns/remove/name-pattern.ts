import { headerMatcher } from "@portolan/core";

/** A pattern for names: exact, with `*`, or `/regex/`. */
export interface NamePattern {
  readonly exact: boolean;
  matches(name: string): boolean;
}

export function compileNamePattern(
  pattern: string,
  ignoreCase: boolean,
  invalid: (message: string, expected: string, found: string) => void,
): NamePattern {
  const regex = /^\/(.*)\/$/s.exec(pattern);
  const flags = ignoreCase ? "i" : "";
  if (regex !== null) {
    try {
      const compiled = new RegExp(regex[1] ?? "", flags);
      return { exact: false, matches: (name) => compiled.test(name) };
    } catch (error) {
      invalid(
        `the regular expression cannot be read: ${error instanceof Error ? error.message : String(error)}`,
        "a regular expression between slashes",
        pattern,
      );
      return { exact: true, matches: () => false };
    }
  }
  if (!pattern.includes("*")) {
    return { exact: true, matches: ignoreCase ? headerMatcher(pattern) : (name) => name === pattern };
  }
  const whole = new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, `s${flags}`);
  return { exact: false, matches: (name) => whole.test(name) };
}

export function matchesAny(patterns: readonly NamePattern[], name: string): boolean {
  for (const pattern of patterns) if (pattern.matches(name)) return true;
  return false;
}
