import { isRecord } from "@portolan/core";

export type Json = Readonly<Record<string, unknown>>;

export const PARSE_ERROR = -32_700;
export const INVALID_REQUEST = -32_600;
export const METHOD_NOT_FOUND = -32_601;
export const INVALID_PARAMS = -32_602;
export const INTERNAL_ERROR = -32_603;
/** Of the numbers that are left to servers. */
export const REFUSED = -32_000;

/** A request wants an answer; what has no id is a notification or an answer, and gets none. */
export type RpcMessage =
  | { readonly kind: "request"; readonly id: string | number; readonly method: string; readonly params: Json }
  | { readonly kind: "silent" }
  | { readonly kind: "invalid"; readonly reason: string };

/** A refusal that the protocol has a number for. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export function readRpc(value: unknown): RpcMessage {
  if (Array.isArray(value)) return invalid("batches are no part of the protocol since 2025-06-18; send one message");
  if (!isRecord(value) || value["jsonrpc"] !== "2.0") return invalid('expected an object with "jsonrpc": "2.0"');
  const { id, method, params } = value;
  if (method === undefined && ("result" in value || "error" in value)) return { kind: "silent" };
  if (typeof method !== "string") return invalid("the method is no text");
  if (id === undefined) return { kind: "silent" };
  if (typeof id !== "string" && typeof id !== "number") return invalid("the id is neither text nor number");
  if (params !== undefined && !isRecord(params)) return invalid("the params are no object");
  return { kind: "request", id, method, params: params ?? {} };
}

export function resultText(id: string | number, result: Json): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

export function errorText(id: string | number | null, { code, message, data }: RpcError): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, ...(data === undefined ? {} : { data }) } });
}

function invalid(reason: string): RpcMessage {
  return { kind: "invalid", reason };
}
