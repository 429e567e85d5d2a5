/** One value, or the subcomponents of a component. */
export type Hl7Component = string | readonly string[];
/** One value, or its components. */
export type Hl7Item = string | readonly Hl7Component[];
export type Hl7Field = Hl7Item | { readonly repeat: readonly Hl7Item[] };

export interface Hl7Segment {
  readonly tag: string;
  /** Field n is the element n - 1. The first of a header is the field separator, the second the other separators. */
  readonly fields: readonly Hl7Field[];
  /** The line end, where it is not the `newline` of the document. */
  readonly end?: string;
  /** The text as it was sent, where it is written in another way than Portolan's. Ignored once it no longer says what `fields` say. */
  readonly raw?: string;
}

/** Its first segment is MSH. */
export interface Hl7Message {
  readonly segments: readonly Hl7Segment[];
}

export interface Hl7Batch {
  readonly header: Hl7Segment;
  readonly messages: readonly Hl7Message[];
  readonly trailer: Hl7Segment;
}

export interface Hl7Document {
  readonly newline: string;
  /** Whether each message stands in a frame of MLLP. */
  readonly mllp?: boolean;
  /** Said when the bytes are not UTF-8. */
  readonly charset?: string;
  readonly bom?: boolean;
  /** FHS and FTS. */
  readonly file?: { readonly header: Hl7Segment; readonly trailer: Hl7Segment };
  readonly batches?: readonly Hl7Batch[];
  readonly messages?: readonly Hl7Message[];
}
