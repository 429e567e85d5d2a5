import { PortolanError, isRecord } from "@portolan/core";
import type { HttpAnswer } from "../http-call.ts";
import { errorOfStatus } from "../remote-error.ts";

/** Codes of servers, Apollo's and others', for what may be over later. */
const TRANSIENT = new Set([
  "INTERNAL_SERVER_ERROR",
  "DOWNSTREAM_SERVICE_ERROR",
  "SERVICE_UNAVAILABLE",
  "TIMEOUT",
  "GATEWAY_TIMEOUT",
  "RATE_LIMITED",
  "THROTTLED",
  "TOO_MANY_REQUESTS",
]);

const MOST_CHARACTERS = 300;

/**
 * `data` of an answer. Any error in it fails the call, also where other fields have their values: half an answer is none that a
 * route could rely on. An error that says of itself that it is transient, by a code or by its status, may be tried again.
 */
export function dataOf(answer: HttpAnswer, endpoint: string, now: number): unknown {
  const content = jsonOf(answer.body);
  const errors = isRecord(content) && Array.isArray(content["errors"]) ? content["errors"].filter(isRecord) : [];
  if (errors.length > 0) throw errorOf(errors, answer, endpoint);
  if (answer.status < 200 || answer.status > 299) throw errorOfStatus(answer, endpoint, now);
  if (isRecord(content) && isRecord(content["data"])) return content["data"];
  throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint} answered with neither data nor errors`, {
    endpoint,
    hint: "the URL has to be that of a GraphQL server over HTTP",
  });
}

type RemoteError = Readonly<Record<string, unknown>>;

function errorOf(errors: readonly RemoteError[], { status }: HttpAnswer, endpoint: string): PortolanError {
  const isTransient = status >= 500 || status === 429 || errors.some((error) => isTransientError(extensionsOf(error)));
  const told = errors.map((error) => {
    const { code } = extensionsOf(error);
    const path = Array.isArray(error["path"]) ? ` (${error["path"].join(".")})` : "";
    return `${typeof code === "string" ? `${code}: ` : ""}${String(error["message"] ?? "")}${path}`;
  });
  const line = told
    .join("; ")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const short = line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line;
  return new PortolanError(isTransient ? "PORTOLAN_REMOTE_FAILED" : "PORTOLAN_REMOTE_REJECTED", `${endpoint} answered with ${short}`, {
    endpoint,
  });
}

function isTransientError({ code, kind, status }: RemoteError): boolean {
  if (typeof kind === "string") return kind === "transient" || kind === "defect";
  return TRANSIENT.has(String(code)) || (typeof status === "number" && (status >= 500 || status === 429));
}

function extensionsOf(error: RemoteError): RemoteError {
  return isRecord(error["extensions"]) ? error["extensions"] : {};
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined;
  }
}
