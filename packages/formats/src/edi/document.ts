import type { EdiError } from "./fault.ts";

/** One value, or the components of a composite. */
export type EdiItem = string | readonly string[];
export type EdiElement = EdiItem | { readonly repeat: readonly EdiItem[] };

export interface EdiSegment {
  readonly tag: string;
  readonly elements: readonly EdiElement[];
  /** The blanks before the tag, where they are not the `newline` of the interchange. */
  readonly before?: string;
  /** The text as it was sent, where it is written in another way than Portolan's. Ignored once it no longer says what `elements` say. */
  readonly raw?: string;
}

/** One occurrence of a loop of the layout. */
export interface EdiLoop {
  readonly loop: string;
  readonly segments: readonly EdiPart[];
}

export type EdiPart = EdiSegment | EdiLoop;

export interface EdiMessage {
  readonly header: EdiSegment;
  readonly segments: readonly EdiPart[];
  readonly trailer: EdiSegment;
  /** What is wrong with it, where faults are collected. */
  readonly errors?: readonly EdiError[];
}

export interface EdiGroup {
  readonly header: EdiSegment;
  readonly messages: readonly EdiMessage[];
  readonly trailer: EdiSegment;
  readonly errors?: readonly EdiError[];
}

/** Each is one character; without `release` or `repetition` the syntax has none. */
export interface EdiDelimiters {
  readonly element: string;
  readonly component: string;
  readonly segment: string;
  readonly repetition?: string;
  readonly release?: string;
  readonly decimal?: string;
  /** What stands at the place of the repetition separator in a UNA whose syntax has none. */
  readonly reserved?: string;
  /** What follows a tag, where it is not `element`. */
  readonly tag?: string;
}

export interface EdiInterchange {
  readonly delimiters: EdiDelimiters;
  /** The blanks between two segments. */
  readonly newline: string;
  readonly before?: string;
  /** Whether a UNA comes first. */
  readonly una?: boolean;
  /** The blanks after the UNA, where they are not `newline`. */
  readonly afterUna?: string;
  readonly header: EdiSegment;
  /** What stands outside of groups, such as TA1 of X12. */
  readonly segments?: readonly EdiSegment[];
  readonly groups?: readonly EdiGroup[];
  readonly messages?: readonly EdiMessage[];
  readonly trailer: EdiSegment;
  readonly errors?: readonly EdiError[];
}

/** Lines that end after so many characters, wherever that is. */
export interface EdiWrapping {
  readonly columns: number;
  readonly newline: string;
  /** Whether the last line has a line end, too. */
  readonly ended?: boolean;
}

export interface EdiDocument {
  readonly interchanges: readonly EdiInterchange[];
  /** Said when the bytes are not UTF-8: `latin1`, or what the interchange declares, such as `iso-8859-5`. */
  readonly charset?: string;
  /** Whether a byte order mark comes first. */
  readonly bom?: boolean;
  readonly wrapped?: EdiWrapping;
  /** Whether the last segment, a line, has no line end. */
  readonly unterminated?: boolean;
  /** The blanks after the last segment. */
  readonly after?: string;
}
