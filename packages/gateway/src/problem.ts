import { STATUS_CODES } from "./node-http.ts";
import { PortolanError, knownCode, type ErrorKind, type Finding } from "@portolan/core";

/** A problem document of RFC 9457, with our own members `code`, `kind` and `errors`. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** What to quote when asking about it: `urn:portolan:message:ID` if a message came of the request, else `urn:portolan:request:ID`. */
  readonly instance?: string;
  readonly code?: string;
  readonly kind?: ErrorKind;
  /** What is wrong with the body, one by one. */
  readonly errors?: readonly ProblemError[];
}

export interface ProblemError {
  readonly detail: string;
  /** A JSON Pointer into the body, as a URI fragment. */
  readonly pointer: string;
}

export interface Problem {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: ProblemDetails;
}

export interface ProblemOptions {
  readonly requestId?: string;
}

const STATUS_OF_KIND = { transient: 503, invalid: 400, rejected: 422, defect: 500 } as const satisfies Record<ErrorKind, number>;

/** Codes that HTTP has a better word for than their kind. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  PORTOLAN_BODY_TOO_LARGE: 413,
  PORTOLAN_MEDIA_TYPE: 415,
  PORTOLAN_NOT_ACCEPTABLE: 406,
  PORTOLAN_TARGET_FAILED: 502,
  PORTOLAN_TIMEOUT: 504,
  PORTOLAN_THROTTLED: 429,
  PORTOLAN_STOPPING: 503,
  PORTOLAN_NOT_FOUND: 404,
  PORTOLAN_UNAUTHENTICATED: 401,
  PORTOLAN_FORBIDDEN: 403,
  PORTOLAN_PRECONDITION_FAILED: 412,
  PORTOLAN_PRECONDITION_REQUIRED: 428,
};

const RETRY_AFTER_SECONDS = 1;

/**
 * The problem document that tells a caller of an error: `urn:portolan:error:CODE` with what the caller can mend. Of defects
 * and of other systems (errors that have an `endpoint`) it says nothing but that they are; `instance` names the request
 * or message, under which logs and the journal hold the rest.
 */
export function problemOf(error: PortolanError, options: ProblemOptions = {}): Problem {
  const instance = instanceOf(error.messageId, options);
  if (error.kind === "defect") {
    return problem({
      ...plain(500),
      detail: "The request failed because of a fault on this side. Quote the instance when you report it.",
      ...instance,
      kind: "defect",
    });
  }
  const elsewhere = concernsOtherSystem(error);
  const status = statusOf(error, elsewhere);
  const telling = !elsewhere && error.kind !== "transient";
  const errors = telling ? (error.findings ?? []).map(problemError) : [];
  const details: ProblemDetails = {
    type: `urn:portolan:error:${encodeURIComponent(error.code)}`,
    title: knownCode(error.code)?.title ?? STATUS_CODES[status] ?? "Error",
    status,
    ...(telling ? { detail: error.message } : {}),
    ...instance,
    code: error.code,
    kind: error.kind,
    ...(errors.length === 0 ? {} : { errors }),
  };
  if (status !== 503 && status !== 429) return problem(details);
  const seconds = error.retryAfterMs === undefined ? RETRY_AFTER_SECONDS : Math.max(1, Math.ceil(error.retryAfterMs / 1000));
  return problem(details, { "retry-after": String(seconds) });
}

/** A problem that HTTP itself has a word for, such as 404. */
export function statusProblem(status: number, detail: string, options: ProblemOptions = {}): Problem {
  return problem({ ...plain(status), detail, ...instanceOf(undefined, options) });
}

function problem(details: ProblemDetails, headers: Readonly<Record<string, string>> = {}): Problem {
  return { status: details.status, headers: { "content-type": "application/problem+json", ...headers }, details };
}

function plain(status: number): Pick<ProblemDetails, "type" | "title" | "status"> {
  return { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status };
}

function instanceOf(messageId: string | undefined, options: ProblemOptions): Pick<ProblemDetails, "instance"> {
  if (messageId !== undefined) return { instance: `urn:portolan:message:${encodeURIComponent(messageId)}` };
  return options.requestId === undefined ? {} : { instance: `urn:portolan:request:${encodeURIComponent(options.requestId)}` };
}

function statusOf(error: PortolanError, elsewhere: boolean): number {
  // An answer that breaks a contract is no fault of the caller's.
  if (elsewhere && error.kind === "invalid") return 502;
  return (Object.hasOwn(STATUS_OF_CODE, error.code) ? STATUS_OF_CODE[error.code] : undefined) ?? STATUS_OF_KIND[error.kind];
}

function concernsOtherSystem(error: PortolanError): boolean {
  for (let one: unknown = error; one instanceof PortolanError; one = one.cause) if (one.endpoint !== undefined) return true;
  return false;
}

function problemError(finding: Finding): ProblemError {
  const tokens = finding.path === "" ? [] : finding.path.split(".");
  const pointer = tokens.map((token) => `/${encodeURIComponent(token.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");
  return { detail: finding.message, pointer: `#${pointer}` };
}
