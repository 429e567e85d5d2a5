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

export interface EdiMessage {
  readonly header: EdiSegment;
  readonly segments: readonly EdiSegment[];
  readonly trailer: EdiSegment;
}

export interface EdiGroup {
  readonly header: EdiSegment;
  readonly messages: readonly EdiMessage[];
  readonly trailer: EdiSegment;
}

/** Each is one character; without `release` or `repetition` the syntax has none. */
export interface EdiDelimiters {
  readonly element: string;
  readonly component: string;
  readonly segment: string;
  readonly repetition?: string;
  readonly release?: string;
  readonly decimal?: string;
}

export interface EdiInterchange {
  readonly delimiters: EdiDelimiters;
  /** The blanks between two segments. */
  readonly newline: string;
  readonly before?: string;
  /** Whether a UNA comes first. */
  readonly una?: boolean;
  readonly header: EdiSegment;
  /** What stands outside of groups, such as TA1 of X12. */
  readonly segments?: readonly EdiSegment[];
  readonly groups?: readonly EdiGroup[];
  readonly messages?: readonly EdiMessage[];
  readonly trailer: EdiSegment;
}

export interface EdiDocument {
  readonly interchanges: readonly EdiInterchange[];
  /** Said when the bytes are not UTF-8. */
  readonly charset?: "latin1";
  /** The blanks after the last segment. */
  readonly after?: string;
}
