import { type DeadLetter, NO_HEADERS, PortolanError, type StoredMessage, createHeaders } from "@portolan/core";
import { readSpooled } from "./spool.ts";
import { asStoreError } from "./sqlite-error.ts";
import { decodeBody, decodeNested, encodeBody, encodeJson, encodeNestedAnyhow } from "./body-codec.ts";
import type { EncodedMessage, MessageRow } from "./protocol.ts";

export interface MessageCodec {
  /** Contents of more bytes go to files. */
  readonly spoolAbove: number;
  encode(message: StoredMessage): EncodedMessage;
  /** The body is read and parsed when it is asked for. */
  decode(row: MessageRow): StoredMessage;
}

export interface MessageCodecOptions {
  readonly spoolDirectory: string;
  /** Bodies of more bytes go to files. */
  readonly spoolAbove: number;
}

/** How content goes into its row, or into a file if it has more than so many bytes. */
export function spoolable(
  content: string | Uint8Array<ArrayBuffer>,
  above: number,
): readonly [content: string | Uint8Array<ArrayBuffer>, isSpooled: boolean] {
  if (typeof content !== "string") return [content, content.byteLength > above];
  if (content.length * BYTES_PER_UNIT <= above || Buffer.byteLength(content) <= above) return [content, false];
  return [new TextEncoder().encode(content), true];
}

/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

export function createMessageCodec({ spoolDirectory, spoolAbove }: MessageCodecOptions): MessageCodec {
  function readBody(row: MessageRow): unknown {
    const [, id, kind, body, spool] = row;
    if (spool === null) return decodeBody(kind, body);
    try {
      return decodeBody(kind, readSpooled(spoolDirectory, spool));
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw asStoreError(cause, spoolDirectory);
      throw new PortolanError("PORTOLAN_UNKNOWN_MESSAGE", `the body of message ${id} is not in ${spoolDirectory}/${spool} any more`, {
        cause,
        hint: "An operator removed the message while it was being processed.",
        messageId: id,
      });
    }
  }

  return {
    spoolAbove,
    encode(message) {
      const { kind, content } = encodeBody(message.body);
      const deadLetter = message.deadLetter === undefined ? null : encodeDeadLetter(message.deadLetter);
      const attributes = message.attributes === undefined ? null : encodeJson(message.attributes, "attributes");
      return [message.id, kind, ...spoolable(content, spoolAbove), encodeHeaders(message.headers), deadLetter, attributes];
    },
    decode(row) {
      const [, id, , , , headers, deadLetter, , attributes] = row;
      let body: { readonly value: unknown } | undefined;
      return {
        id,
        get body() {
          body ??= { value: readBody(row) };
          return body.value;
        },
        headers: headers === null ? NO_HEADERS : createHeaders(JSON.parse(headers)),
        ...(attributes === null ? {} : { attributes: JSON.parse(attributes) }),
        ...(deadLetter === null ? {} : { deadLetter: decodeDeadLetter(deadLetter) }),
      };
    },
  };
}

function encodeHeaders(headers: StoredMessage["headers"]): string | null {
  return Object.keys(headers).length === 0 ? null : JSON.stringify(headers);
}

function encodeDeadLetter({ failedBody, ...facts }: DeadLetter): string {
  return `{"facts":${JSON.stringify(facts)},"failedBody":${encodeNestedAnyhow(failedBody)}}`;
}

function decodeDeadLetter(text: string): DeadLetter {
  const { facts, failedBody } = JSON.parse(text);
  return { ...facts, failedBody: decodeNested(failedBody) };
}
