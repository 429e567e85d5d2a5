/** A text as an HTTP header can hold it: what is beyond visible ASCII and blanks is percent-encoded. */
export function headerText(text: string): string {
  return text.toWellFormed().replaceAll(/[^\x20-\x7e]/gu, encodeURIComponent);
}
