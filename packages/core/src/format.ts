import type { OptionSpecs, OptionsOf } from "./options.ts";

/** Bytes ↔ data. A body that cannot be read throws PORTOLAN_FORMAT_INVALID with line and column where there are any. */
export interface Format {
  readonly name: string;
  decode(bytes: Uint8Array): unknown;
  encode(value: unknown): Uint8Array;
  /** Records one by one, for formats that are a sequence of records (NDJSON, CSV, text lines). */
  decodeStream?(chunks: AsyncIterable<Uint8Array>): AsyncIterable<unknown>;
  /** The bytes of one more record, and of what stands before the first. */
  encodeRecord?(value: unknown, first: boolean): Uint8Array;
}

/** A format as a component: `create` makes it with options that were read by the specs. */
export interface FormatDefinition<Specs extends OptionSpecs = OptionSpecs> {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** The first is what is sent. */
  readonly mediaTypes: readonly string[];
  readonly extensions: readonly string[];
  readonly options: Specs;
  create(options: OptionsOf<Specs>, surroundings: FormatSurroundings): Format;
}

export interface FormatSurroundings {
  /** Relative paths of options start here. */
  readonly directory: string;
}

export function defineFormat<Specs extends OptionSpecs>(definition: FormatDefinition<Specs>): FormatDefinition {
  // As with connectors: options were read by the same specs before `create` sees them.
  return definition as unknown as FormatDefinition;
}
