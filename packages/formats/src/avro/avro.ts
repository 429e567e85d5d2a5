import {
  defineFormat,
  describeValue,
  isRecord,
  option,
  optional,
  PortolanError,
  withDefault,
  type Format,
  type FormatDefinition,
  type OptionsOf,
  type OptionType,
} from "@portolan/core";
import { readAppFile } from "../app-file.ts";
import { createFormat } from "../choice.ts";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { jsonFormat } from "../json/json.ts";
import { createByteReader } from "./byte-reader.ts";
import { readContainer, streamContainer, writeContainerBlock, writeContainerHead } from "./container.ts";
import { readDatum } from "./read-datum.ts";
import { readAvroSchema, type AvroType } from "./schema.ts";
import { datumBytes } from "./write-datum.ts";

const schemaType: OptionType<unknown> = {
  kind: "avroSchema",
  expected: "the path of a schema file, or a schema",
  schema: { type: ["string", "object", "array"] },
  read(given, context) {
    const value = context.substitute(given);
    if ((typeof value === "string" && value !== "") || isRecord(value) || Array.isArray(value)) return value;
    context.report({ message: "wrong value", expected: this.expected, found: describeValue(value) });
    return undefined;
  },
};

const avroOptions = {
  schema: optional(schemaType, "The schema, or the path of its file. A file with records brings its own, so that reading needs none.", {
    example: "order.avsc",
  }),
  encoding: withDefault(
    option.oneOf("file", "value", "registry"),
    "file",
    "`file` is an object container file, whose body is the list of its records; `value` is one value alone; `registry` is one value behind a zero byte and the number of its schema, as schema registries have it.",
  ),
  schemaId: withDefault(
    option.integer({ min: 0, max: 0xffff_ffff }),
    0,
    "registry: the number of the schema that is written. Any is read.",
  ),
  codec: withDefault(option.oneOf("null", "deflate"), "deflate", "file: how blocks are compressed when writing. Both are read."),
  maxBytes: withDefault(
    option.bytes,
    64 * 1024 ** 2,
    "What is larger, before or after it expands, is refused; of a file that is read record by record each block.",
  ),
  maxRatio: withDefault(
    option.integer({ min: 1 }),
    200,
    "file: blocks that expand to more than so many times their size, and to more than 1 MB, are refused.",
  ),
  maxDepth: withDefault(option.integer({ min: 1, max: 1000 }), 256, "Values with more records and lists within one another are refused."),
  maxValues: withDefault(option.integer({ min: 1 }), 10_000_000, "What has more values is refused: some take no byte."),
};

type AvroOptions = OptionsOf<typeof avroOptions>;

const REGISTRY_HEAD = 5;

export const avroFormat: FormatDefinition = defineFormat({
  name: "avro",
  title: "Avro",
  summary:
    "Apache Avro 1.12 in its binary encoding. Records are maps, unions the value of their branch: written is the first branch that holds the value. " +
    "Bytes are bytes; longs that a JavaScript number would change are texts of their digits; logical types are what they are made of.",
  mediaTypes: ["application/avro", "avro/binary", "application/vnd.apache.avro+binary"],
  extensions: ["avro"],
  options: avroOptions,
  create(options, { directory }) {
    const schema = options.schema === undefined ? undefined : openSchema(options.schema, directory);
    const type = schema === undefined ? undefined : readAvroSchema(schema);
    if (type === undefined && options.encoding !== "file") throw noSchema(`the encoding ${options.encoding} needs one`);
    return options.encoding === "file" ? fileFormat(schema, type, options) : valueFormat(type, options);
  },
});

function openSchema(schema: unknown, directory: string): unknown {
  return typeof schema === "string" ? readAppFile(schema, { directory, format: createFormat(jsonFormat) }) : schema;
}

function fileFormat(schema: unknown, type: AvroType | undefined, options: AvroOptions): Format {
  const block = (records: readonly unknown[]): Uint8Array => {
    if (type === undefined) throw formatInvalid("an Avro file cannot be written without a schema", { hint: "set the option schema" });
    const pieces = records.map((record, index) => datumBytes(record, type, `record ${index + 1}`));
    return writeContainerBlock(records.length, Buffer.concat(pieces), { schema, codec: options.codec });
  };
  return {
    name: "avro",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "Avro");
      return [...readContainer(bytes, options)];
    },
    encode(value) {
      if (!Array.isArray(value)) throw formatInvalid(`an Avro file is written of a list of records, found ${describeValue(value)}`);
      const records = block(value);
      return Buffer.concat([writeContainerHead(schema, options.codec), records]);
    },
    decodeStream: (chunks) => streamContainer(chunks, options),
    encodeRecord(value, first) {
      const record = block([value]);
      return first ? Buffer.concat([writeContainerHead(schema, options.codec), record]) : record;
    },
  };
}

function valueFormat(type: AvroType | undefined, options: AvroOptions): Format {
  if (type === undefined) throw noSchema("a value needs one");
  const isRegistry = options.encoding === "registry";
  return {
    name: "avro",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "Avro");
      const reader = createByteReader(bytes);
      if (isRegistry && reader.bytes(REGISTRY_HEAD)[0] !== 0)
        throw reader.fault("expected a zero byte and the number of a schema, found other bytes");
      const value = readDatum(reader, type, { levelsLeft: options.maxDepth, valuesLeft: options.maxValues });
      if (reader.isAtEnd) return value;
      throw reader.fault("expected the end of the value, found more bytes");
    },
    encode(value) {
      const datum = datumBytes(value, type, "the body");
      if (!isRegistry) return datum;
      const head = Buffer.alloc(REGISTRY_HEAD);
      head.writeUInt32BE(options.schemaId, 1);
      return Buffer.concat([head, datum]);
    },
  };
}

function noSchema(reason: string): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `Avro has no schema: ${reason}`, { hint: "set the option schema" });
}
