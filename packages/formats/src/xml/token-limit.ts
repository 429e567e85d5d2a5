import type { PortolanError } from "@portolan/core";

/** Refuses a tag that goes on and on, while it does. Texts and comments are limited by the size of the document alone. */
export interface TokenLimit {
  /** A token ended at this position of the document. */
  ended(position: number): void;
  /** After each piece: whether the tag that is open is too long. */
  check(piece: string): void;
}

/** As long as the longest word that tells what a token is. */
const HEAD = "<!DOCTYPE".length;

export function createTokenLimit(maxLength: number, fault: (reason: string, hint?: string) => PortolanError): TokenLimit {
  let start = 0;
  let total = 0;
  /** How the open token begins, as far as it has come: it may begin in one piece and be told in the next. */
  let head = "";
  let headStart = 0;

  function readHead(piece: string): void {
    if (headStart !== start) head = "";
    headStart = start;
    const from = start + head.length - (total - piece.length);
    head += piece.slice(from, from + HEAD - head.length);
  }

  /** The parser says nothing of declarations, comments and instructions. */
  function skipSilent(piece: string): void {
    for (;;) {
      readHead(piece);
      const closing = head.startsWith("<?") ? "?>" : head.startsWith("<!--") ? "-->" : undefined;
      const end = closing === undefined ? -1 : piece.indexOf(closing, start - (total - piece.length));
      if (closing === undefined || end < 0) return;
      start = total - piece.length + end + closing.length;
      // Blanks between them, too.
      const blanks = /[ \t\r\n]*/y;
      blanks.lastIndex = end + closing.length;
      start += blanks.exec(piece)?.[0].length ?? 0;
    }
  }

  return {
    ended(position) {
      start = position;
    },
    check(piece) {
      total += piece.length;
      skipSilent(piece);
      // Its end may be far: what is in it is not even looked at.
      if (head.startsWith("<!DOCTYPE")) throw fault("expected no DOCTYPE, found one");
      if (total - start <= maxLength || !/^<[^!?]/.test(head)) return;
      throw fault(`expected a tag of at most ${maxLength} characters, found a longer one`, "raise maxTokenBytes of the format");
    },
  };
}
