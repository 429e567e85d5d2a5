import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { Part } from "./part.ts";

/** The body of parts; a part that holds the boundary is refused. */
export function writeMultipart(parts: readonly Part[], boundary: string): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const { headers, content } of parts) {
    if (Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(`--${boundary}`)) {
      throw formatInvalid(`a part holds the boundary ${JSON.stringify(boundary)}`, { hint: "choose another with the option boundary" });
    }
    const head = Object.entries(headers).map(([name, value]) => `${headerText(name)}: ${headerText(value)}\r\n`);
    pieces.push(Buffer.from(`--${boundary}\r\n${head.join("")}\r\n`), content, Buffer.from("\r\n"));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(pieces);
}

/** The parts of a form: texts as they are, `{ filename, type, content }` for files, lists for names that occur again. */
export function partsOfFields(value: unknown): readonly Part[] {
  if (!isRecord(value)) throw formatInvalid(`a multipart form is written of a map of fields, found ${describeValue(value)}`);
  return Object.entries(value).flatMap(([name, held]) =>
    (Array.isArray(held) ? held : [held]).map((one: unknown) => partOfField(name, one)),
  );
}

/** Parts as they are: `{ headers, content }`. */
export function partsOfList(value: unknown): readonly Part[] {
  if (!Array.isArray(value)) throw formatInvalid(`multipart is written of a list of parts, found ${describeValue(value)}`);
  return value.map((part: unknown) => {
    if (!isRecord(part)) throw formatInvalid(`a part is a map of headers and content, found ${describeValue(part)}`);
    const headers = isRecord(part["headers"]) ? part["headers"] : {};
    return {
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
      content: contentOf(part["content"], "a part"),
    };
  });
}

function partOfField(name: string, value: unknown): Part {
  if (!isRecord(value) || value instanceof Uint8Array) {
    const type = value instanceof Uint8Array ? { "content-type": "application/octet-stream" } : {};
    return { headers: { "content-disposition": `form-data; name=${quoted(name)}`, ...type }, content: contentOf(value, name) };
  }
  const { filename, type, content } = value;
  const named = filename === undefined ? "" : `; filename=${quoted(String(filename))}`;
  return {
    headers: {
      "content-disposition": `form-data; name=${quoted(name)}${named}`,
      ...(filename === undefined && type === undefined ? {} : { "content-type": String(type ?? "application/octet-stream") }),
    },
    content: contentOf(content, name),
  };
}

function contentOf(value: unknown, name: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (value === null || value === undefined) return new Uint8Array();
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return Buffer.from(wellFormed(String(value)));
  throw formatInvalid(`the content of a part is a text or bytes; ${JSON.stringify(name)} is ${describeValue(value)}`);
}

/** As browsers write names (WHATWG HTML, multipart/form-data). */
function quoted(text: string): string {
  // A reader would take it for an escape of the quote.
  if (text.endsWith("\\")) throw formatInvalid(`the name ${JSON.stringify(text)} ends with a backslash, which multipart cannot say`);
  return `"${text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A")}"`;
}

function headerText(text: string): string {
  if (!/[\r\n]/.test(text)) return wellFormed(text);
  throw formatInvalid(`a header of a part cannot hold line ends, found ${JSON.stringify(text)}`);
}

function wellFormed(text: string): string {
  if (text.isWellFormed()) return text;
  throw formatInvalid(`half of a character was cut off in ${JSON.stringify(text.slice(0, 60))}`);
}
