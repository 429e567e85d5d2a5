import { once } from "node:events";
import type { Writable } from "node:stream";
import { listNames, nearestName, PortolanError, type Format } from "@portolan/core";
import type { Formats } from "@portolan/formats";
import { usage } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { inputChunks, readInput } from "../input.ts";

export const convert = defineCommand({
  name: "convert",
  summary: "Converts a file or stdin from one format into another, and prints it.",
  details: [
    "What cannot be read or written is said with its place, and nothing is printed; the exit code is 1. The same format on both sides checks a document and writes it anew.",
    "The formats and their options are those of the reference. An option is given as `NAME=VALUE`, where VALUE is JSON or a text.",
  ].join("\n\n"),
  positionals: [{ name: "FILE", description: "The file to read. Default: stdin.", presence: "optional" }],
  options: {
    from: { type: "string", value: "FORMAT", description: "The format that is read. Default: that of the file's extension." },
    to: { type: "string", value: "FORMAT", description: "The format that is written. Default: json." },
    "from-option": { type: "string", value: "NAME=VALUE", many: true, description: "An option of the format that is read." },
    "to-option": { type: "string", value: "NAME=VALUE", many: true, description: "An option of the format that is written." },
    records: { type: "boolean", description: "Convert record by record, in flat memory, where both formats are sequences of records." },
  },
  examples: [
    { line: "portolan convert --from edi-x12 --to json order.edi", does: "An EDI interchange as JSON." },
    { line: "portolan convert --from csv --from-option 'delimiter=;' --to ndjson --records < big.csv", does: "A large CSV, line by line." },
  ],
  async run({ positionals: [file], options, io }) {
    const { createFormats } = await import("@portolan/formats");
    const formats = createFormats([], { directory: io.directory });
    const from = options.from ?? (file === undefined ? undefined : formats.formatOfFile(file)?.name);
    if (from === undefined) throw usage(undefined, "the format that is read is not known", "say it with --from, such as --from csv");
    const reader = formatOf(formats, from, { option: "from-option", given: options["from-option"] });
    const writer = formatOf(formats, options.to ?? "json", { option: "to-option", given: options["to-option"] });
    if (options.records === true) await convertRecords(reader, writer, { chunks: inputChunks(file, io), stdout: io.stdout });
    else await write(io.stdout, writer.encode(reader.decode(await readInput(file, io))));
    return "ok";
  },
});

interface GivenOptions {
  readonly option: string;
  readonly given: readonly string[] | undefined;
}

function formatOf(formats: Formats, name: string, { option, given = [] }: GivenOptions): Format {
  const format = formats.format(name, Object.fromEntries(given.map((text) => formatOption(text, option))));
  if (format !== undefined) return format;
  const nearest = nearestName(name, formats.formatNames);
  const hint = nearest === undefined ? `there are: ${listNames(formats.formatNames)}` : `did you mean "${nearest}"?`;
  throw usage(undefined, `there is no format "${name}"`, hint);
}

function formatOption(text: string, option: string): [string, unknown] {
  const [, name = "", value = ""] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
  if (name === "") throw usage(undefined, `--${option} expects NAME=VALUE, found ${JSON.stringify(text)}`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    // What is no JSON is meant as a text.
    return [name, value];
  }
}

async function convertRecords(
  reader: Format,
  writer: Format,
  { chunks, stdout }: { readonly chunks: AsyncIterable<Uint8Array>; readonly stdout: Writable },
): Promise<void> {
  for (const [format, is] of [
    [reader, reader.decodeStream],
    [writer, writer.encodeRecord],
  ] as const) {
    if (is !== undefined) continue;
    const hint = "leave --records out, or use a format such as ndjson, csv or text";
    throw new PortolanError("PORTOLAN_USAGE", `the format ${format.name} is no sequence of records`, { hint });
  }
  let isFirst = true;
  for await (const record of reader.decodeStream?.(chunks) ?? []) {
    await write(stdout, writer.encodeRecord?.(record, isFirst) ?? new Uint8Array());
    isFirst = false;
  }
}

/** Waits while the reader is slow. */
async function write(stdout: Writable, bytes: Uint8Array): Promise<void> {
  if (bytes.length > 0 && !stdout.write(bytes)) await once(stdout, "drain");
}
