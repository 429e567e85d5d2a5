import { PortolanError, asPortolanError, createHeaders, type ConnectorServices, type HeaderValue, type Reply } from "@portolan/core";
import type { HttpAnswer } from "../../http-call.ts";
import { mediaTypeName } from "../media-types.ts";

/** Of the connection or of a session with the other system, and no concern of the route. */
const OMITTED = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "set-cookie",
]);

/** A successful answer as a reply. The header `http-status` holds its status. */
export function readReply(answer: HttpAnswer, services: ConnectorServices, endpoint: string): Reply {
  return { body: readBody(answer, services, endpoint), headers: headersOf(answer) };
}

/** The same, with a body that is read as it comes: records of formats that are a sequence of them, else bytes. */
export function streamedReply(answer: HttpAnswer, stream: AsyncIterable<Uint8Array>, services: ConnectorServices): Reply {
  const { "content-type": contentType, "content-encoding": coding } = answer.headers;
  const format = typeof contentType === "string" && coding === undefined ? services.formatFor(contentType) : undefined;
  return { body: format?.decodeStream?.(stream) ?? stream, headers: headersOf(answer) };
}

function headersOf(answer: HttpAnswer): Reply["headers"] {
  const headers: Record<string, HeaderValue> = { "http-status": answer.status };
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !OMITTED.has(name)) headers[name] = value;
  }
  return createHeaders(headers);
}

function readBody({ body, headers }: HttpAnswer, services: ConnectorServices, endpoint: string): unknown {
  if (body.length === 0) return null;
  const coding = headers["content-encoding"];
  if (coding !== undefined && coding !== "identity") {
    throw new PortolanError(
      "PORTOLAN_FORMAT_INVALID",
      `${endpoint}: the reply is compressed (${String(coding)}) although it was not to be`,
      { endpoint },
    );
  }
  const contentType = headers["content-type"];
  if (typeof contentType !== "string") return body;
  const format = services.formatFor(contentType);
  if (format === undefined) return mediaTypeName(contentType).startsWith("text/") ? Buffer.from(body).toString() : body;
  try {
    return format.decode(body);
  } catch (thrown) {
    const cause = asPortolanError(thrown, "PORTOLAN_FORMAT_INVALID");
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint}: the reply cannot be read: ${cause.message}`, { endpoint, cause });
  }
}
