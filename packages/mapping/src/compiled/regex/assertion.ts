/** What has to hold between two characters. */
export type Assertion = "start" | "end" | "lineStart" | "lineEnd" | "boundary" | "noBoundary";

/** Whether an assertion holds between the characters before and after a position. */
export function holds(assertion: Assertion, text: string, at: number): boolean {
  switch (assertion) {
    case "start":
      return at === 0;
    case "end":
      return at === text.length;
    case "lineStart":
      return at === 0 || isLineEnd(text[at - 1]);
    case "lineEnd":
      return at === text.length || isLineEnd(text[at]);
    case "boundary":
      return isWord(text[at - 1]) !== isWord(text[at]);
    case "noBoundary":
      return isWord(text[at - 1]) === isWord(text[at]);
    default:
      throw assertion satisfies never;
  }
}

function isLineEnd(char: string | undefined): boolean {
  return char !== undefined && /[\n\r\u2028\u2029]/.test(char);
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /\w/.test(char);
}
