import { PortolanError, type Message } from "@portolan/core";
import type { Part } from "../../runtime/fan-out.ts";
import { isReadOnce } from "../../runtime/streams.ts";
import type { Step } from "../../runtime/step.ts";
import { listOf } from "../../runtime/values.ts";

export type Elements =
  | { readonly kind: "list"; readonly list: readonly unknown[] }
  | { readonly kind: "stream"; readonly stream: AsyncIterable<unknown> };

export interface ElementOptions {
  readonly group: number;
  readonly skipFirst: number;
}

/** The elements to split into: skipped and grouped. Iterables and async iterables are read as they go. */
export function elementsOf(value: unknown, options: ElementOptions): Elements {
  const stream = streamOf(value);
  if (stream !== undefined) return { kind: "stream", stream: grouped(stream, options) };
  const rest = options.skipFirst === 0 ? listOf(value) : listOf(value).slice(options.skipFirst);
  if (options.group === 1) return { kind: "list", list: rest };
  const groups = Array.from({ length: Math.ceil(rest.length / options.group) }, (_, index) =>
    rest.slice(index * options.group, (index + 1) * options.group),
  );
  return { kind: "list", list: groups };
}

/** Parts with `attributes.split`; of a stream the size is known only with the last one. */
export function partsOf(elements: Elements, whole: Message, block: Step): Iterable<Part> | AsyncIterable<Part> {
  const textOf = createIndexTexts();
  const partOf: PartOf = (body, index, { size, last }) => {
    const name = textOf(index);
    const attributes = { ...whole.attributes, split: { index, size, last } };
    return { index, name, message: { id: `${whole.id}-${name}`, body, headers: whole.headers, attributes }, run: block };
  };
  return elements.kind === "stream" ? streamedParts(elements.stream, partOf) : new ListedParts(elements.list, partOf);
}

type PartOf = (element: unknown, index: number, at: { readonly size: number | null; readonly last: boolean }) => Part;

/** The texts of the numbers below 1000, and of those that follow on a number of thousands. */
const LAST_DIGITS = Array.from({ length: 1000 }, (_, number) => ({ alone: String(number), after: String(number).padStart(3, "0") }));

/**
 * The texts of indexes. V8 keeps what it has written of the last 16,000 numbers: long enough for each to leave the young
 * generation, so that a long stream filled the old one with them. The last three digits are written once and for all instead.
 */
function createIndexTexts(): (index: number) => string {
  let thousands = 0;
  let text = "";
  return (index) => {
    const digits = LAST_DIGITS[index % 1000];
    if (index < 1000 || digits === undefined) return digits?.alone ?? String(index);
    const whole = Math.floor(index / 1000);
    if (whole !== thousands) {
      thousands = whole;
      text = String(whole);
    }
    return text + digits.after;
  };
}

/** One after another, since there may be many. Not a generator: that costs half as much again as a short part. */
class ListedParts implements Iterable<Part>, Iterator<Part> {
  private index = 0;
  private readonly list: readonly unknown[];
  private readonly partOf: PartOf;

  constructor(list: readonly unknown[], partOf: PartOf) {
    this.list = list;
    this.partOf = partOf;
  }

  [Symbol.iterator](): Iterator<Part> {
    return this;
  }

  next(): IteratorResult<Part> {
    const size = this.list.length;
    if (this.index === size) return { done: true, value: undefined };
    const index = this.index++;
    return { done: false, value: this.partOf(this.list[index], index, { size, last: this.index === size }) };
  }
}

async function* streamedParts(stream: AsyncIterable<unknown>, partOf: PartOf): AsyncIterable<Part> {
  let index = 0;
  let held: { readonly element: unknown } | undefined;
  for await (const element of stream) {
    if (held !== undefined) yield partOf(held.element, index++, { size: null, last: false });
    held = { element };
  }
  if (held !== undefined) yield partOf(held.element, index, { size: index + 1, last: true });
}

function streamOf(value: unknown): AsyncIterable<unknown> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) return undefined;
  if (Symbol.asyncIterator in value) {
    markRead(value);
    return value as AsyncIterable<unknown>;
  }
  if (!(Symbol.iterator in value)) return undefined;
  markRead(value);
  const iterable = value as Iterable<unknown>;
  return (async function* () {
    yield* iterable;
  })();
}

/** What can be read only once, and has been: a second reader would find nothing, and take that for the end. */
const READ = new WeakSet<object>();

function markRead(value: object): void {
  if (!isReadOnce(value)) return;
  if (READ.has(value)) throw new PortolanError("PORTOLAN_STREAM_READ", "the stream has been split before, and can be read only once");
  READ.add(value);
}

async function* grouped(stream: AsyncIterable<unknown>, { group, skipFirst }: ElementOptions): AsyncIterable<unknown> {
  let skipped = 0;
  let held: unknown[] = [];
  for await (const element of stream) {
    if (skipped < skipFirst) {
      skipped += 1;
      continue;
    }
    if (group === 1) {
      yield element;
      continue;
    }
    held.push(element);
    if (held.length === group) {
      yield held;
      held = [];
    }
  }
  if (held.length > 0) yield held;
}
