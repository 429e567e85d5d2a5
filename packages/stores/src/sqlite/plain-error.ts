import { PortolanError } from "@portolan/core";
import type { PlainError } from "./protocol.ts";

/** A PortolanError as data that can be sent to another thread. */
export function toPlain(error: PortolanError): PlainError {
  const { code, kind, message, hint = null, cause } = error;
  return {
    code,
    kind,
    message,
    hint,
    cause: cause instanceof Error ? { message: cause.message, code: "code" in cause ? String(cause.code) : null } : null,
  };
}

export function fromPlain({ code, kind, message, hint, cause }: PlainError): PortolanError {
  return new PortolanError(code, message, {
    kind,
    ...(hint === null ? {} : { hint }),
    ...(cause === null ? {} : { cause: Object.assign(new Error(cause.message), cause.code === null ? {} : { code: cause.code }) }),
  });
}
