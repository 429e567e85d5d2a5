/** Whether a UTF-16 code unit is one of a class. */
export type CharClass = (unit: number) => boolean;

const UNKNOWN = 0;
const INSIDE = 1;
const OUTSIDE = 2;

/**
 * A class of characters as a regular expression writes it: `a`, `\d`, `[^x-z]`, `.`. JavaScript's own RegExp says what belongs to
 * it, since its rules for case and for blanks fill tables; to match one character takes constant time.
 */
export function charClass(source: string, flags: string): CharClass {
  const pattern = new RegExp(`^${source}$`, flags);
  const known = new Uint8Array(256);
  return (unit) => {
    if (unit > 255) return pattern.test(String.fromCharCode(unit));
    const before = known[unit] ?? UNKNOWN;
    if (before !== UNKNOWN) return before === INSIDE;
    const isInside = pattern.test(String.fromCharCode(unit));
    known[unit] = isInside ? INSIDE : OUTSIDE;
    return isInside;
  };
}
