import { PortolanError, asPortolanError, createHeaders, isRecord, type ConnectorServices, type Reply } from "@portolan/core";
import type { Json } from "./json-rpc.ts";

/** The result of a tool as a reply: its structured content, or else what its content holds; of several contents the list. */
export function replyOfTool({ content, structuredContent }: Json): Reply {
  if (structuredContent !== undefined) return reply(structuredContent);
  const all: readonly unknown[] = Array.isArray(content) ? content : [];
  const [only] = all;
  if (all.length !== 1 || !isRecord(only)) return reply(all.length === 0 ? null : all);
  switch (only["type"]) {
    case "text":
      return reply(only["text"]);
    case "image":
    case "audio":
      return reply(bytesOf(only["data"]), only["mimeType"]);
    case "resource": {
      const { resource } = only;
      return isRecord(resource) ? reply(resource["text"] ?? bytesOf(resource["blob"]), resource["mimeType"]) : reply(only);
    }
    default:
      return reply(only);
  }
}

/** The contents of a resource as a reply: data of a format, a text, or bytes; of several the list, each as the server says it. */
export function replyOfResource({ contents }: Json, services: ConnectorServices, endpoint: string): Reply {
  const all: readonly unknown[] = Array.isArray(contents) ? contents : [];
  const [only] = all;
  if (all.length !== 1 || !isRecord(only)) return reply(all.length === 0 ? null : all);
  const { mimeType, text, blob } = only;
  if (typeof text !== "string") return reply(bytesOf(blob), mimeType);
  const format = typeof mimeType === "string" && !mimeType.startsWith("text/") ? services.formatFor(mimeType) : undefined;
  if (format === undefined) return reply(text, mimeType);
  try {
    return reply(format.decode(Buffer.from(text)), mimeType);
  } catch (thrown) {
    const cause = asPortolanError(thrown, "PORTOLAN_FORMAT_INVALID");
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint}: the resource cannot be read: ${cause.message}`, { endpoint, cause });
  }
}

function reply(body: unknown, mediaType?: unknown): Reply {
  return { body, headers: createHeaders(typeof mediaType === "string" ? { "content-type": mediaType } : {}) };
}

function bytesOf(base64: unknown): Uint8Array {
  return Buffer.from(typeof base64 === "string" ? base64 : "", "base64");
}
