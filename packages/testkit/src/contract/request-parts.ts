import fc from "fast-check";
import { isRecord } from "@portolan/core";
import { canBeSent, textOf, writeParameter } from "./parameter-text.ts";
import { isValid, type ContractOperation, type ContractParameter } from "./operation.ts";
import type { ContractRequest } from "./request.ts";
import { valuesOf } from "./schema-values.ts";

/** What a request is made of: the values of its parameters, by place and name, and its body. */
export interface RequestParts {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Values that answers had under a name: requests for what is there need them. */
export type KnownValues = ReadonlyMap<string, readonly unknown[]>;

/** Requests that follow the contract of an operation, or why none can be made. */
export function requestsOf(operation: ContractOperation, known: KnownValues): fc.Arbitrary<RequestParts> | { readonly unable: string } {
  const wanted = operation.parameters.filter(isSent);
  const parameters: Record<string, fc.Arbitrary<unknown>> = {};
  for (const parameter of wanted) {
    const made = parameterValues(parameter, known);
    if (made !== undefined) parameters[keyOf(parameter)] = made;
    else if (parameter.required)
      return { unable: `no value of the ${parameter.in} parameter ${parameter.name} could be made of its schema` };
  }
  const required = wanted.filter((one) => one.required).map(keyOf);
  const some = fc.record(parameters, { requiredKeys: required });
  const content = contentOf(operation);
  if (operation.body === undefined || (content === undefined && !operation.body.required)) return some.map((one) => ({ parameters: one }));
  if (content === undefined) {
    const types = operation.body.content.map(({ mediaType }) => mediaType).join(", ");
    return { unable: `bodies of ${types} are not made` };
  }
  const bodies = followed(valuesOf(content.schema), (value) => isValid(content.check, value), content.examples);
  if (bodies === undefined) return { unable: "no body could be made that follows its schema" };
  return fc.record({ parameters: some, body: bodies });
}

/** Only values that a check lets pass; undefined if hardly any does. Examples are taken, too. */
function followed(
  all: fc.Arbitrary<unknown>,
  passes: (value: unknown) => boolean,
  examples: readonly unknown[],
): fc.Arbitrary<unknown> | undefined {
  const good = examples.filter(passes);
  const isPossible = fc.sample(all, { numRuns: 200, seed: 1 }).filter(passes).length > 3;
  if (!isPossible) return good.length === 0 ? undefined : fc.constantFrom(...good);
  const made = all.filter(passes);
  return good.length === 0 ? made : fc.oneof({ arbitrary: made, weight: 4 }, { arbitrary: fc.constantFrom(...good), weight: 1 });
}

function parameterValues(parameter: ContractParameter, known: KnownValues): fc.Arbitrary<unknown> | undefined {
  const passes = (value: unknown) => isValid(parameter.check, value) && canBeSent(parameter, value);
  const seen = parameter.in === "path" ? (known.get(parameter.name) ?? []).filter(passes) : [];
  const made = followed(valuesOf(parameter.schema), passes, parameter.example === undefined ? [] : [parameter.example]);
  if (seen.length === 0) return made;
  const there = fc.constantFrom(...seen);
  return made === undefined ? there : fc.oneof({ arbitrary: there, weight: 3 }, { arbitrary: made, weight: 1 });
}

/** Headers that OpenAPI says elsewhere (Parameter Object: name) are no parameters. */
const NO_PARAMETERS = new Set([
  "accept",
  "content-type",
  "authorization",
  "content-length",
  "host",
  "connection",
  "transfer-encoding",
  "expect",
]);

function isSent(parameter: ContractParameter): boolean {
  return parameter.in !== "querystring" && !(parameter.in === "header" && NO_PARAMETERS.has(parameter.name.toLowerCase()));
}

/** Names of parameters are unique at their place only. */
export function keyOf({ in: place, name }: ContractParameter): string {
  return `${place} ${name}`;
}

/** The content that bodies are sent in: JSON where it may be, or what its values can be written in. */
export function contentOf(operation: ContractOperation) {
  const content = operation.body?.content ?? [];
  const named = (test: RegExp) => content.find(({ mediaType }) => test.test(mediaType));
  return (
    named(/^application\/json\b/i) ??
    named(/[/+]json\b/i) ??
    named(/^(\*|application)\/\*/) ??
    named(/^application\/x-www-form-urlencoded/i) ??
    named(/^text\/plain/i) ??
    (operation.protocol?.write === undefined ? undefined : content[0])
  );
}

/** The request as it is sent. */
export function writeRequest(operation: ContractOperation, { parameters, body }: RequestParts): ContractRequest {
  let path = operation.path;
  const query: string[] = [];
  const headers: Record<string, string> = { ...operation.protocol?.headers };
  const cookies: string[] = [];
  for (const parameter of operation.parameters) {
    const value = parameters[keyOf(parameter)];
    if (value === undefined) continue;
    const { name } = parameter;
    const { text, pairs } = writeParameter(parameter, value);
    // What parts the items of a list stands as it is.
    if (parameter.in === "path")
      path = path.replaceAll(`{${name}}`, () => encodeURIComponent(text).replaceAll(/%(2C|3B|3D)/g, decodeURIComponent));
    if (parameter.in === "query")
      query.push(...pairs.map(([key, one]) => `${encodeURIComponent(key)}=${encodeURIComponent(one).replaceAll("%2C", ",")}`));
    if (parameter.in === "header") headers[name.toLowerCase()] = text;
    if (parameter.in === "cookie") cookies.push(`${name}=${text}`);
  }
  if (cookies.length > 0) headers["cookie"] = cookies.join("; ");
  const content = body === undefined ? undefined : contentOf(operation);
  const mediaType = content?.mediaType.includes("*") === true ? "application/json" : content?.mediaType;
  if (mediaType !== undefined) headers["content-type"] = mediaType;
  return {
    method: operation.method,
    target: `${path}${query.length === 0 ? "" : `?${query.join("&")}`}`,
    headers,
    body: mediaType === undefined ? undefined : (operation.protocol?.write ?? ((value: unknown) => writeBody(value, mediaType)))(body),
  };
}

function writeBody(body: unknown, mediaType: string): string {
  if (/x-www-form-urlencoded/i.test(mediaType)) {
    const pairs = isRecord(body) ? Object.entries(body) : [];
    return new URLSearchParams(
      pairs.map(([name, value]) => [name, typeof value === "string" ? value : (JSON.stringify(value) ?? "")]),
    ).toString();
  }
  return /^text\/plain/i.test(mediaType) ? textOf(body) : (JSON.stringify(body) ?? "null");
}
