/** How the digits of a number are stored. */
export type NumberCoding =
  /** Digits of text, with a sign before or after them if it has one. */
  | "text"
  /** Digits of text; the last one holds the sign (overpunch). */
  | "zoned"
  /** Two digits in a byte, the last half is the sign (COMP-3). */
  | "packed"
  /** A binary whole number, the highest byte first (COMP). */
  | "binary";

interface Named {
  readonly name: string;
  /** How often it stands there; with `by` so often as that earlier field says, at most `max` times. */
  readonly occurs?: { readonly max: number; readonly by?: string };
}

export interface TextField extends Named {
  readonly kind: "text";
  readonly length: number;
  readonly pad: string;
  readonly align: "left" | "right";
}

export interface NumberField extends Named {
  readonly kind: "number";
  readonly coding: NumberCoding;
  readonly length: number;
  readonly decimals: number;
  readonly sign: "none" | "leading" | "trailing" | "overpunch";
  readonly pad: string;
}

/** Bytes that say nothing. */
export interface Filler {
  readonly kind: "filler";
  readonly length: number;
  readonly pad: string;
}

export interface GroupField extends Named {
  readonly kind: "group";
  readonly fields: readonly Field[];
}

export type Field = TextField | NumberField | Filler | GroupField;

export interface RecordType {
  /** Undefined where there is one type only. */
  readonly name: string | undefined;
  readonly when: { readonly start: number; readonly value: string } | undefined;
  readonly fields: readonly Field[];
  /** The length of the longest record of the type. */
  readonly length: number;
}

export interface FixedLayout {
  readonly records: readonly RecordType[];
  /** The order of records by their types; empty if any is right. */
  readonly order: readonly { readonly record: string; readonly min: number; readonly max: number }[];
  /** Whether lengths are bytes: something is stored in binary. */
  readonly isBinary: boolean;
}
