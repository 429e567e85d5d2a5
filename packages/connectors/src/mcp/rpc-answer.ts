import { PortolanError, isRecord } from "@portolan/core";
import type { HttpAnswer } from "../http-call.ts";
import { INTERNAL_ERROR, type Json } from "./json-rpc.ts";

/** What a server answered to one request: the result, or an error that it has a number for. */
export type RpcAnswer = { readonly result: Json } | { readonly error: { readonly code: number; readonly message: string } };

/** The answer to a request, out of JSON or of a stream of events; undefined if there is none in it. */
export function readAnswer({ headers, body }: HttpAnswer, id: number): RpcAnswer | undefined {
  const text = Buffer.from(body).toString();
  const messages = /^text\/event-stream\b/i.test(String(headers["content-type"] ?? "")) ? eventData(text) : [text];
  for (const message of messages) {
    const value = jsonOf(message);
    if (!isRecord(value) || (value["id"] !== id && value["id"] !== null)) continue;
    const { result, error } = value;
    if (isRecord(error)) return { error: { code: Number(error["code"]), message: String(error["message"] ?? "") } };
    if (isRecord(result) && value["id"] === id) return { result };
  }
  return undefined;
}

/** The data of the events of a stream (HTML, Server-sent events). */
function eventData(text: string): readonly string[] {
  return text.split(/(?:\r\n|\r|\n){2,}/).map((event) =>
    event
      .split(/\r\n|\r|\n/)
      .flatMap((line) => (line.startsWith("data:") ? [line.slice(5).replace(/^ /, "")] : []))
      .join("\n"),
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A refusal of the server. Its own faults may be over later; what it does not know, or finds wrong, stays so. */
export function errorOfRpc({ code, message }: { readonly code: number; readonly message: string }, endpoint: string): PortolanError {
  return new PortolanError(
    code === INTERNAL_ERROR ? "PORTOLAN_REMOTE_FAILED" : "PORTOLAN_REMOTE_REJECTED",
    `${endpoint} answered with error ${code}: ${shortened(message)}`,
    { endpoint },
  );
}

/** A tool that failed. One of Portolan says of which kind its error is. */
export function errorOfTool(result: Json, endpoint: string): PortolanError {
  const { content, structuredContent } = result;
  const texts = Array.isArray(content)
    ? content.flatMap((one) => (isRecord(one) && typeof one["text"] === "string" ? [one["text"]] : []))
    : [];
  const isTransient = isRecord(structuredContent) && structuredContent["kind"] === "transient";
  return new PortolanError(
    isTransient ? "PORTOLAN_REMOTE_FAILED" : "PORTOLAN_REMOTE_REJECTED",
    `${endpoint} failed: ${shortened(texts.join(" "))}`,
    { endpoint },
  );
}

const MOST_CHARACTERS = 300;

function shortened(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
}
