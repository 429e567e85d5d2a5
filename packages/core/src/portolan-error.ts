import { ERROR_CODES, type ErrorCode, type ErrorKind, type PortolanErrorCode } from "./error-codes.ts";

/** A place in a file of the user: line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** One thing that is wrong with a configuration. `path` leads to it, such as `routes.start.steps.0.map`. */
export interface Finding {
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  readonly hint?: string;
  readonly place?: Place;
}

export interface PortolanErrorOptions {
  /** The code's own kind unless given; codes that are not Portolan's need one. */
  readonly kind?: ErrorKind;
  /** What to do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** An earlier failure that this one followed on. */
  readonly suppressed?: PortolanError;
  readonly route?: string;
  readonly step?: string;
  readonly endpoint?: string;
  readonly messageId?: string;
  /** Indexes of failed parts (PORTOLAN_PARTS_FAILED). */
  readonly parts?: readonly number[];
  /** What is wrong with a configuration (PORTOLAN_CONFIG_INVALID) or a body (PORTOLAN_CONTRACT_FAILED). */
  readonly findings?: readonly Finding[];
  /** The other system asked to be left alone for so long. */
  readonly retryAfterMs?: number;
}

/** Every failure that Portolan reports. Callers match `code` and `kind`, never the text. */
export class PortolanError extends Error {
  override readonly name = "PortolanError";
  readonly code: string;
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly suppressed: PortolanError | undefined;
  readonly parts: readonly number[] | undefined;
  readonly findings: readonly Finding[] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly endpoint: string | undefined;
  /** Where it happened; the engine fills these in when the failure passes a step. */
  route: string | undefined;
  step: string | undefined;
  messageId: string | undefined;

  constructor(code: PortolanErrorCode | (string & {}), message: string, options: PortolanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = options.kind ?? knownCode(code)?.kind ?? "defect";
    this.hint = options.hint;
    this.suppressed = options.suppressed;
    this.parts = options.parts;
    this.findings = options.findings;
    this.retryAfterMs = options.retryAfterMs;
    this.endpoint = options.endpoint;
    this.route = options.route;
    this.step = options.step;
    this.messageId = options.messageId;
  }

  /** Whether the same may work later. */
  get retryable(): boolean {
    return this.kind === "transient";
  }
}

/** The table's row for a code, if it is one of Portolan's own. */
export function knownCode(code: string): ErrorCode | undefined {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as PortolanErrorCode] : undefined;
}

/** The value thrown as a PortolanError; anything else was thrown by user code and is a defect. */
export function asPortolanError(thrown: unknown, code: PortolanErrorCode = "PORTOLAN_CALLBACK_FAILED"): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new PortolanError(code, message, { cause: thrown });
}

/** The same error with `suppressed` set to an earlier one. */
export function withSuppressed(error: PortolanError, suppressed: PortolanError): PortolanError {
  if (error === suppressed) return error;
  const { kind, hint, cause, route, step, endpoint, messageId, parts, findings, retryAfterMs } = error;
  const copy = new PortolanError(error.code, error.message, {
    kind,
    suppressed,
    ...defined({ hint, cause, route, step, endpoint, messageId, parts, findings, retryAfterMs }),
  });
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}

/** An object without its undefined properties. */
function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** What is stored and shown of an error: plain data. */
export interface ErrorReport {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly hint?: string;
  readonly parts?: readonly number[];
  readonly cause?: ErrorReport;
  readonly suppressed?: ErrorReport;
}

/** An error as plain data, its causes up to `depth` levels deep. */
export function reportError(error: PortolanError, depth = 5): ErrorReport {
  const cause = error.cause === undefined || depth === 0 ? undefined : reportCause(error.cause, depth - 1);
  return {
    code: error.code,
    kind: error.kind,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.parts === undefined ? {} : { parts: error.parts }),
    ...(cause === undefined ? {} : { cause }),
    ...(error.suppressed === undefined ? {} : { suppressed: reportError(error.suppressed, Math.max(0, depth - 1)) }),
  };
}

function reportCause(cause: unknown, depth: number): ErrorReport {
  if (cause instanceof PortolanError) return reportError(cause, depth);
  const code = cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "ERROR";
  return { code, kind: "defect", message: cause instanceof Error ? cause.message : String(cause) };
}
