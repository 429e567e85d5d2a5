import { defineFormat, option, optional, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize } from "../format-invalid.ts";
import { charsetNamed, decodeText } from "../text/charset.ts";
import { parametersOf, readDisposition, type Part } from "./part.ts";
import { multipartFault, readMultipart } from "./read-multipart.ts";
import { partsOfFields, partsOfList, writeMultipart } from "./write-multipart.ts";

/** Sent with the media type, so that whoever gets a body knows where its parts end. */
const BOUNDARY = "portolan-part-4f1c9e7a6d2b8035";

export const multipartFormat: FormatDefinition = defineFormat({
  name: "multipart",
  title: "Multipart",
  summary:
    "Forms with files (RFC 7578). The body is a map of fields: texts, files as `{ filename, type, content }` with the content as bytes, and lists of them where a name occurs again. " +
    "With `parts` it is the list of `{ headers, content }`, for multipart/mixed and the like.",
  mediaTypes: [`multipart/form-data; boundary=${BOUNDARY}`, "multipart/form-data", "multipart/mixed", "multipart/related"],
  extensions: [],
  options: {
    boundary: optional(option.name, "The boundary. Without it the first line that begins with -- tells it, and a fixed one is written.", {
      example: "part-1",
    }),
    parts: withDefault(option.boolean, false, "Whether the body is a list of parts with their headers."),
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger bodies are refused."),
    maxParts: withDefault(option.integer({ min: 1 }), 1000, "Bodies with more parts are refused."),
  },
  create: (options) => ({
    name: "multipart",
    decode(bytes) {
      checkSize(bytes, options.maxBytes, "the multipart body");
      const parts = readMultipart(bytes, options);
      return options.parts ? parts : fieldsOf(parts);
    },
    encode: (value) => writeMultipart(options.parts ? partsOfList(value) : partsOfFields(value), options.boundary ?? BOUNDARY),
  }),
});

function fieldsOf(parts: readonly Part[]): unknown {
  const fields = new Map<string, unknown[]>();
  for (const [index, part] of parts.entries()) {
    const { name, filename } = readDisposition(part.headers["content-disposition"] ?? "");
    if (name === undefined)
      throw multipartFault(`expected part ${index + 1} to have a name; other parts are read with the option parts`, 0);
    const values = fields.get(name) ?? [];
    values.push(fieldOf(part, filename));
    fields.set(name, values);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length > 1 ? values : values[0]]));
}

function fieldOf({ headers, content }: Part, filename: string | undefined): unknown {
  const type = headers["content-type"];
  if (filename === undefined && (type === undefined || type.toLowerCase().startsWith("text/plain"))) {
    return decodeText(content, charsetNamed(parametersOf(type ?? "").get("charset") ?? "utf-8") ?? "utf-8");
  }
  return { ...(filename === undefined ? {} : { filename }), type: type ?? "application/octet-stream", content };
}
