/** A line of HL7, or a border of an MLLP frame. */
export interface Hl7Line {
  readonly kind: "segment" | "open" | "close";
  readonly text: string;
  readonly end: string;
  /** Both count from 1. */
  readonly line: number;
  readonly character: number;
}

const OPEN = "\x0B";
const CLOSE = "\x1C";
const END = /[\r\n]+/g;

/** Cuts texts that follow on one another into lines; those that may go on wait for the next text. */
export function createHl7Lines() {
  let rest = "";
  let offset = 0;
  let line = 1;

  return {
    waiting: () => rest.length,
    *next(text: string, isLast: boolean): Generator<Hl7Line> {
      rest += text;
      let at = 0;
      const place = (kind: Hl7Line["kind"], content = "", end = ""): Hl7Line => ({
        kind,
        text: content,
        end,
        line,
        character: offset + at + 1,
      });
      while (at < rest.length) {
        END.lastIndex = at;
        const found = END.exec(rest);
        if (!isLast && (found === null || found.index + found[0].length === rest.length)) break;
        const [stop, end] = found === null ? [rest.length, ""] : [found.index, found[0]];
        const content = rest.slice(at, stop);
        const opens = content.startsWith(OPEN);
        const closes = content.endsWith(CLOSE);
        if (opens) yield place("open");
        const inner = content.slice(opens ? 1 : 0, closes ? -1 : undefined);
        if (inner !== "" || !closes) yield place("segment", inner, closes ? "" : end);
        if (closes) yield place("close", "", end);
        line += 1;
        at = stop + end.length;
      }
      rest = rest.slice(at);
      offset += at;
    },
  };
}
