import { isUtf8 } from "node:buffer";
import { PortolanError, listNames, type ConnectorServices, type Format } from "@portolan/core";
import { isInRange, mediaTypeName, remembered } from "./media-types.ts";

/** How the bodies of one media type are read. */
export interface BodyDecoder {
  /** No format has this type: the body is handed over as bytes. */
  readonly raw: boolean;
  decode(bytes: Buffer): unknown;
  /** Record by record, where the format can. */
  decodeStream?(chunks: AsyncIterable<Uint8Array>): AsyncIterable<unknown>;
}

export interface BodyDecoders {
  /** The decoder of a Content-Type; throws PORTOLAN_MEDIA_TYPE if the door does not take it. */
  choose(contentType: string | undefined): BodyDecoder;
  /** The media types that the door says it takes, as a list for people and clients. */
  readonly taken: string | undefined;
}

const DEFAULT_TYPE = "application/json";

/** `consumes` are the media types that a door takes; without it, those that have a format. */
export function createBodyDecoders(consumes: readonly string[] | undefined, services: ConnectorServices): BodyDecoders {
  const ranges = consumes?.map((range) => mediaTypeName(range));
  // A body of no declared type is of the first type that the door takes.
  const defaultType = consumes?.find((range) => !range.includes("*")) ?? DEFAULT_TYPE;
  const choose = remembered((contentType: string): BodyDecoder => {
    const name = mediaTypeName(contentType);
    if (ranges !== undefined && !ranges.some((range) => isInRange(name, range))) throw unknownType(name, ranges);
    const format = services.formatFor(contentType);
    if (format !== undefined) {
      const decodeStream = format.decodeStream?.bind(format);
      return {
        raw: false,
        decode: format.name === "json" ? (bytes) => decodeJson(bytes, format) : (bytes) => format.decode(bytes),
        ...(decodeStream === undefined ? {} : { decodeStream }),
      };
    }
    if (ranges === undefined || services.formatFor(name) !== undefined) throw unknownType(contentType, ranges);
    return { raw: true, decode: (bytes) => bytes };
  });
  return { choose: (contentType) => choose(contentType ?? defaultType), taken: consumes?.join(", ") };
}

const SMALL_BYTES = 1024;

/**
 * Small JSON without the checks of the format: so few bytes cannot nest deep enough to do harm. Measured: 0.5 µs of 18. Text that is not
 * valid goes to the format, which says where and why.
 */
function decodeJson(bytes: Buffer, format: Format): unknown {
  if (bytes.length > SMALL_BYTES || !isUtf8(bytes)) return format.decode(bytes);
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return format.decode(bytes);
  }
}

function unknownType(found: string, ranges: readonly string[] | undefined): PortolanError {
  const expected = ranges === undefined ? "a media type that has a format, such as application/json" : listNames(ranges);
  return new PortolanError("PORTOLAN_MEDIA_TYPE", `the body's Content-Type is "${found}"; expected ${expected}`);
}
