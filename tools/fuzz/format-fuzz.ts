import { PortolanError, type Format } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createChance, mutated, type Chance } from "./mutation.ts";
import { SEED_DIRECTORY, seedsOf } from "./seeds.ts";

/** What went wrong with an input, which its number makes again. */
export interface Breach {
  readonly number: number;
  readonly reason: string;
  /** In base 64. */
  readonly input: string;
}

/** How many of the inputs were data, and how many were refused. */
export interface Tally {
  read: number;
  refused: number;
  readonly breaches: Breach[];
}

/** How often the records of a stream are compared with the whole: that takes longer than all else. */
const STREAM_EVERY = 8;
const MOST_BREACHES = 10;

/** One input after another: each ends in data, which is written and reads back the same, or in an error that says what was expected. */
export async function fuzzFormat(
  name: string,
  { inputs, seed, before }: { readonly inputs: number; readonly seed: number; readonly before?: (number: number) => void },
): Promise<Tally> {
  const formats = createFormats([], { directory: SEED_DIRECTORY });
  const variants = seedsOf(name).map(({ options, documents, pack, isLossy }) => {
    const format = formats.format(name, options);
    if (format === undefined) throw new Error(`there is no format ${name}`);
    return { format, documents: documents.map((document) => Buffer.from(document as string)), pack, isLossy };
  });
  const tally: Tally = { read: 0, refused: 0, breaches: [] };
  for (let number = 0; number < inputs && tally.breaches.length < MOST_BREACHES; number++) {
    before?.(number);
    const chance = createChance(seed + number * 7919);
    const variant = variants[number % variants.length];
    if (variant === undefined) continue;
    const changed = mutated(variant.documents, chance);
    const input = Buffer.from(variant.pack?.(changed) ?? changed);
    const reason =
      judge(variant, input, tally) ?? (number % STREAM_EVERY === 0 ? await judgeStream(variant.format, input, chance) : undefined);
    if (reason !== undefined) tally.breaches.push({ number, reason, input: input.toString("base64") });
  }
  return tally;
}

function judge(
  { format, isLossy }: { readonly format: Format; readonly isLossy?: true | undefined },
  input: Buffer,
  tally: Tally,
): string | undefined {
  const decoded = outcome(() => format.decode(input));
  if (!("value" in decoded)) {
    tally.refused += 1;
    return decoded.breach;
  }
  tally.read += 1;
  const encoded = outcome(() => format.encode(decoded.value));
  if (!("value" in encoded)) return encoded.breach;
  if (isLossy === true) return undefined;
  const again = outcome(() => format.decode(encoded.value));
  if (!("value" in again)) return `what was written is refused: ${again.message}`;
  return textOf(again.value) === textOf(decoded.value) ? undefined : "what was written reads as something else";
}

async function judgeStream(format: Format, input: Buffer, chance: Chance): Promise<string | undefined> {
  const { decodeStream } = format;
  if (decodeStream === undefined) return undefined;
  const whole = outcome(() => format.decode(input));
  const records: unknown[] = [];
  try {
    for await (const record of decodeStream.call(format, pieces(input, chance))) records.push(record);
  } catch (thrown) {
    if (breachOf(thrown) !== undefined) return breachOf(thrown);
    return "value" in whole ? `as a stream it is refused: ${String(thrown)}` : undefined;
  }
  if (!("value" in whole)) return `as a stream it is read, as a whole refused: ${whole.message}`;
  // The value of lines is their text.
  const value = Array.isArray(whole.value) ? whole.value : undefined;
  return value === undefined || textOf(value) === textOf(records) ? undefined : "as a stream it reads as something else";
}

type Outcome<Value> = { readonly value: Value } | { readonly message: string; readonly breach: string | undefined };

function outcome<Value>(run: () => Value): Outcome<Value> {
  try {
    return { value: run() };
  } catch (thrown) {
    return { message: String(thrown), breach: breachOf(thrown) };
  }
}

function breachOf(thrown: unknown): string | undefined {
  if (thrown instanceof PortolanError && thrown.code === "PORTOLAN_FORMAT_INVALID" && thrown.message.length > 10) return undefined;
  return `no clear error: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`;
}

/** For comparison: -0 is 0 to every format. */
function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "undefined";
}

async function* pieces(bytes: Buffer, chance: Chance): AsyncGenerator<Uint8Array> {
  const most = 1 + chance.below(40);
  for (let at = 0; at < bytes.length;) {
    const size = 1 + chance.below(most);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
