import { createEdiDecoder } from "./edi-decoder.ts";
import { createEdiReader, type EdiDialect, type EdiRecord, type ReadEdiOptions } from "./read-document.ts";
import { wrappingOf } from "./wrapping.ts";

export interface StreamEdiOptions extends Omit<ReadEdiOptions, "isSingleByte" | "columns"> {
  readonly charset: "auto" | "utf-8" | "latin1";
}

/** So many characters say whether lines end anywhere. */
const LOOK = 16_384;

/** The messages of a document that comes in pieces, one by one; no more than a segment and a message are held. */
export async function* streamEdi(
  chunks: AsyncIterable<Uint8Array>,
  dialect: EdiDialect,
  options: StreamEdiOptions,
): AsyncGenerator<EdiRecord> {
  const decoder = createEdiDecoder(options.charset);
  let reader: ((text: string, isLast: boolean) => Generator<EdiRecord>) | undefined;
  let held = "";
  const begin = (): NonNullable<typeof reader> => {
    const lines = held.lastIndexOf("\n") + 1;
    const wrapped = wrappingOf(lines === 0 ? held : held.slice(0, lines), dialect);
    const { read } = createEdiReader(dialect, { ...options, isSingleByte: decoder.isSingleByte, columns: wrapped?.columns });
    return wrapped === undefined ? read : (text, isLast) => read(text.replace(/[\r\n]/g, ""), isLast);
  };
  for await (const chunk of chunks) {
    held += decoder.decode(chunk, false);
    if (reader === undefined && held.length < LOOK) continue;
    reader ??= begin();
    yield* reader(held, false);
    held = "";
  }
  held += decoder.decode(new Uint8Array(0), true);
  reader ??= begin();
  yield* reader(held, true);
}
