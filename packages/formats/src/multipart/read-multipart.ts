import { formatInvalid } from "../format-invalid.ts";
import { decodeText } from "../text/charset.ts";
import type { Part } from "./part.ts";

interface MultipartLimits {
  readonly boundary?: string | undefined;
  readonly maxParts: number;
}

const MAX_HEADER = 16 * 1024;
const LINE_END = Buffer.from("\r\n");

/** RFC 2046, section 5.1: the parts between the lines of a boundary; what stands before the first and after the last is dropped. */
export function readMultipart(bytes: Uint8Array, limits: MultipartLimits): readonly Part[] {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const delimiter = Buffer.from(`--${limits.boundary ?? boundaryOf(body)}`, "latin1");
  const parts: Part[] = [];
  let at = afterDelimiter(body, delimiter, 0);
  if (at === undefined) throw multipartFault(`expected a line ${JSON.stringify(delimiter.toString("latin1"))}, found none`, 0);
  while (!at.isLast) {
    if (parts.length === limits.maxParts) throw multipartFault(`expected at most ${limits.maxParts} parts, found more`, at.start);
    const next = afterDelimiter(body, delimiter, at.end);
    if (next === undefined) throw multipartFault("expected the boundary behind the last part, found the end of the body", body.length);
    parts.push(readPart(body, at.end, next.start));
    at = next;
  }
  return parts;
}

/** The boundary that the first line of the kind names: a body may come without its media type. */
function boundaryOf(body: Buffer): string {
  const head = body.subarray(0, MAX_HEADER).toString("latin1");
  const found = /(?:^|\r\n)--([^\r\n]{1,70}?)[ \t]*\r\n/.exec(head)?.[1];
  if (found !== undefined) return found.endsWith("--") && !head.includes(`--${found}--`) ? found.slice(0, -2) : found;
  throw multipartFault("expected a line that begins with -- and the boundary, found none", 0);
}

interface Delimiter {
  /** Of the line end before it, which belongs to it. */
  readonly start: number;
  readonly end: number;
  readonly isLast: boolean;
}

/** The next line that is a boundary; a longer boundary that begins alike is none. */
function afterDelimiter(body: Buffer, delimiter: Buffer, from: number): Delimiter | undefined {
  for (let index = body.indexOf(delimiter, from); index >= 0; index = body.indexOf(delimiter, index + 1)) {
    const isLineStart = index === 0 || (body[index - 1] === 0x0a && body[index - 2] === 0x0d);
    if (!isLineStart) continue;
    const start = Math.max(0, index - LINE_END.length);
    let end = index + delimiter.length;
    if (body[end] === 0x2d && body[end + 1] === 0x2d) return { start, end: end + 2, isLast: true };
    while (body[end] === 0x20 || body[end] === 0x09) end += 1;
    if (body[end] === 0x0d && body[end + 1] === 0x0a) return { start, end, isLast: false };
  }
  return undefined;
}

/** `start` is that of the line end before the headers; a part without headers begins with another one. */
function readPart(body: Buffer, start: number, end: number): Part {
  const headEnd = body.indexOf("\r\n\r\n", start);
  if (headEnd < 0 || headEnd + LINE_END.length > end)
    throw multipartFault("expected a blank line behind the headers of the part, found none", start);
  if (headEnd - start > MAX_HEADER) throw multipartFault(`expected headers of at most ${MAX_HEADER} bytes, found more`, start);
  const headers: [string, string][] = [];
  for (const line of decodeText(body.subarray(start, headEnd), "utf-8").split("\r\n")) {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*?)[ \t]*$/s.exec(line) ?? [];
    if (name !== undefined && value !== undefined) headers.push([name.toLowerCase(), value]);
    else if (line !== "") throw multipartFault(`expected a header, found ${JSON.stringify(line.slice(0, 60))}`, start);
  }
  return { headers: Object.fromEntries(headers), content: new Uint8Array(body.subarray(headEnd + 4, Math.max(headEnd + 4, end))) };
}

export function multipartFault(reason: string, at: number) {
  return formatInvalid(`multipart is not valid at byte ${at}: ${reason}`);
}
