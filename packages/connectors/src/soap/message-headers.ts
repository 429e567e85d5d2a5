import { describeValue, header, isRecord, type HeaderValue, type Headers } from "@portolan/core";
import type { MessageShape } from "./wsdl/service-model.ts";

/** The header of a message that holds the header block of this name. */
function headerName(block: string): string {
  return `soap-${block}`;
}

/** Header blocks as headers of a message: a value as it is, data as JSON text. */
export function toMessageHeaders(blocks: Readonly<Record<string, unknown>>): Record<string, HeaderValue> {
  return Object.fromEntries(
    Object.entries(blocks).map(([name, value]) => [
      headerName(name),
      typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : JSON.stringify(value),
    ]),
  );
}

/** The header blocks of a shape that a message has as headers. */
export function fromMessageHeaders(headers: Headers, { headers: blocks }: MessageShape): Record<string, unknown> {
  return Object.fromEntries(
    blocks.flatMap(({ name, type }) => {
      const value = header(headers, headerName(name));
      if (value === undefined) return [];
      return [[name, type.kind === "complex" && typeof value === "string" ? parsed(value) : value] as const];
    }),
  );
}

/** A text that is no JSON is the text of an element that may have attributes. */
function parsed(text: string): unknown {
  try {
    const data: unknown = JSON.parse(text);
    return isRecord(data) ? data : text;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw new TypeError(describeValue(text), { cause: error });
  }
}
