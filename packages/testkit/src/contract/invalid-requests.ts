import { isRecord, type ContractCheck } from "@portolan/core";
import { mutationsOf } from "./mutations.ts";
import { isValid, type ContractOperation, type ContractParameter, type MutationKind } from "./operation.ts";
import { canBeSent } from "./parameter-text.ts";
import { contentOf, keyOf, writeRequest, type RequestParts } from "./request-parts.ts";
import type { ContractRequest } from "./request.ts";

/** A request with one thing wrong with it. */
export interface InvalidRequest {
  readonly kind: MutationKind;
  readonly words: string;
  readonly request: ContractRequest;
}

/** All requests that are one change away from a valid one, and that the contract refuses. */
export function invalidRequestsOf(operation: ContractOperation, parts: RequestParts): readonly InvalidRequest[] {
  return [...operation.parameters.flatMap((parameter) => parameterChanges(operation, parameter, parts)), ...bodyChanges(operation, parts)];
}

function parameterChanges(operation: ContractOperation, parameter: ContractParameter, parts: RequestParts): readonly InvalidRequest[] {
  const key = keyOf(parameter);
  const { [key]: value, ...others } = parts.parameters;
  if (value === undefined) return [];
  const name = `the ${parameter.in} parameter ${parameter.name}`;
  const left: readonly InvalidRequest[] =
    parameter.required && parameter.in !== "path"
      ? [{ kind: "missing", words: `${name} is missing`, request: writeRequest(operation, { ...parts, parameters: others }) }]
      : [];
  const changed = mutationsOf(value, parameter.schema)
    .filter((one) => canBeSent(parameter, one.value) && isRefused(parameter.check, one.value))
    .map((one): InvalidRequest => ({
      kind: one.kind,
      words: one.words.replace("the body", name).replace(/^\[\]/, name),
      request: writeRequest(operation, { ...parts, parameters: { ...others, [key]: one.value } }),
    }));
  return [...left, ...changed];
}

/** Texts may be read as numbers, truth values or lists of one: none of what they could be read as is allowed. */
function isRefused(check: ContractCheck, value: unknown): boolean {
  const readings = Array.isArray(value)
    ? [value, value.map(numberOf), value.map(String)]
    : [value, numberOf(value), String(value), String(value) === "true", [value], [numberOf(value)], [String(value)]];
  const isTruth = /^(true|false|0|1)$/.test(String(value));
  return readings.every((one) => (typeof one === "boolean" && !isTruth) || !isValid(check, one));
}

function numberOf(value: unknown): unknown {
  const text = String(value);
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : value;
}

function bodyChanges(operation: ContractOperation, parts: RequestParts): readonly InvalidRequest[] {
  const content = contentOf(operation);
  if (content === undefined || !("body" in parts)) return [];
  const whole = writeRequest(operation, parts);
  const isJson = /[/+]json\b/i.test(whole.headers["content-type"] ?? "");
  const { "content-type": _type, ...untyped } = whole.headers;
  const empty: readonly InvalidRequest[] =
    operation.body?.required === true
      ? [{ kind: "missing", words: "there is no body", request: { ...whole, headers: untyped, body: undefined } }]
      : [];
  const isAnyType = operation.body?.content.some(({ mediaType }) => mediaType.includes("*")) === true;
  const unknown: readonly InvalidRequest[] =
    isAnyType || operation.body?.required !== true
      ? []
      : [
          {
            kind: "unknown content type",
            words: `the content type is ${UNKNOWN}`,
            request: { ...whole, headers: { ...untyped, "content-type": UNKNOWN } },
          },
        ];
  const { changes } = operation.protocol ?? {};
  if (changes !== undefined) {
    const own = changes(whole.body ?? "").map(({ kind, words, text }): InvalidRequest => ({
      kind,
      words,
      request: { ...whole, body: text },
    }));
    return [...empty, ...unknown, ...own];
  }
  if (!isJson) return [...empty, ...unknown];
  const changed = mutationsOf(parts.body, content.schema)
    .filter(({ value }) => !isValid(content.check, value))
    .map(({ kind, words, value }): InvalidRequest => ({ kind, words, request: writeRequest(operation, { ...parts, body: value }) }));
  const text = whole.body ?? "";
  const isLong = typeof parts.body === "string" || Array.isArray(parts.body) || isRecord(parts.body);
  const truncated: readonly InvalidRequest[] = isLong
    ? [{ kind: "truncated body", words: "the body is cut off", request: { ...whole, body: text.slice(0, -1) } }]
    : [];
  return [...empty, ...unknown, ...truncated, ...changed];
}

const UNKNOWN = "application/x-not-in-the-contract";
