import { isRecord, type Message, type PortolanError } from "@portolan/core";
import { problemOf } from "@portolan/gateway";
import type { Json } from "./json-rpc.ts";

type Result = Pick<Message, "body" | "headers">;

/** A route's result as that of a tool: an object is structured content, and everything is text, which older agents read. */
export function toolResult(result: Result | undefined): Json {
  const body = result?.body ?? null;
  return {
    content: [contentOf(body, result)],
    ...(isStructured(body) ? { structuredContent: body } : {}),
    ...(statusOf(result) >= 400 ? { isError: true } : {}),
  };
}

/**
 * An error as a result that the agent can act on: the problem document that a caller by HTTP gets. Its `kind` says whether the same
 * call may work later (`transient`), or with other arguments (`invalid`).
 */
export function toolError(error: PortolanError, requestId: string): Json {
  const { details } = problemOf(error, { requestId });
  const findings = (details.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
  const advice = details.kind === "transient" ? ["Try again later."] : [];
  const text = [details.title, ...(details.detail === undefined ? [] : [details.detail]), ...findings, ...advice].join("\n");
  return { content: [{ type: "text", text }], structuredContent: details, isError: true };
}

/** The contents of a resource. */
export function resourceContents(uri: string, { body, headers }: Result): Json {
  const given = headers["content-type"];
  if (body instanceof Uint8Array) return { contents: [{ uri, mimeType: String(given ?? "application/octet-stream"), blob: base64(body) }] };
  const isText = typeof body === "string";
  const mimeType = String(given ?? (isText ? "text/plain" : "application/json"));
  return { contents: [{ uri, mimeType, text: isText ? body : JSON.stringify(body) }] };
}

/** The status that a result has where its route also answers by HTTP. */
export function statusOf(result: Result | undefined): number {
  return Number(result?.headers["http-status"] ?? 200);
}

function contentOf(body: unknown, result: Result | undefined): Json {
  if (!(body instanceof Uint8Array)) return { type: "text", text: typeof body === "string" ? body : JSON.stringify(body) };
  const mimeType = String(result?.headers["content-type"] ?? "application/octet-stream");
  const [kind = ""] = mimeType.split("/");
  if (kind === "image" || kind === "audio") return { type: kind, mimeType, data: base64(body) };
  return { type: "resource", resource: { uri: "urn:portolan:result", mimeType, blob: base64(body) } };
}

function isStructured(body: unknown): body is Json {
  return isRecord(body) && !(body instanceof Uint8Array);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
