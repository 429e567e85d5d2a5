import { type DeadLetter, NO_HEADERS, PortolanError, type StoredMessage, createHeaders } from "@portolan/core";
import { readSpooled } from "./spool.ts";
import { decodeBody, decodeNested, encodeBody, encodeNestedAnyhow } from "./body-codec.ts";
import type { EncodedMessage, MessageRow } from "./protocol.ts";

export interface MessageCodec {
  encode(message: StoredMessage): EncodedMessage;
  /** The body is read and parsed when it is asked for. */
  decode(row: MessageRow): StoredMessage;
}

export interface MessageCodecOptions {
  readonly spoolDirectory: string;
  /** Bodies of more bytes go to files. */
  readonly spoolAbove: number;
}

/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

export function createMessageCodec({ spoolDirectory, spoolAbove }: MessageCodecOptions): MessageCodec {
  function spoolable(content: string | Uint8Array<ArrayBuffer>): string | Uint8Array<ArrayBuffer> {
    if (typeof content !== "string" || content.length * BYTES_PER_UNIT <= spoolAbove) return content;
    return Buffer.byteLength(content) > spoolAbove ? new TextEncoder().encode(content) : content;
  }

  function readBody(row: MessageRow): unknown {
    const [, id, kind, body, spool] = row;
    if (spool === null) return decodeBody(kind, body);
    try {
      return decodeBody(kind, readSpooled(spoolDirectory, spool));
    } catch (cause) {
      throw new PortolanError("PORTOLAN_UNKNOWN_MESSAGE", `the body of message ${id} is not in ${spoolDirectory}/${spool} any more`, {
        cause,
        hint: "An operator removed the message while it was being processed.",
        messageId: id,
      });
    }
  }

  return {
    encode(message) {
      const { kind, content } = encodeBody(message.body);
      const body = spoolable(content);
      const isSpooled = typeof body !== "string" && body.byteLength > spoolAbove;
      const deadLetter = message.deadLetter === undefined ? null : encodeDeadLetter(message.deadLetter);
      return [message.id, kind, body, isSpooled, encodeHeaders(message.headers), deadLetter];
    },
    decode(row) {
      const [, id, , , , headers, deadLetter] = row;
      let body: { readonly value: unknown } | undefined;
      return {
        id,
        get body() {
          body ??= { value: readBody(row) };
          return body.value;
        },
        headers: headers === null ? NO_HEADERS : createHeaders(JSON.parse(headers)),
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
