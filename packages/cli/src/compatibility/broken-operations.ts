import type { ContractCompiler, Finding } from "@portolan/core";
import { standaloneSchema, type ApiContent, type ApiDocument, type ApiOperation, type ApiSchema } from "@portolan/formats/openapi";

type Compare = NonNullable<ContractCompiler["compare"]>;

/** What breaks clients that know `before` when they meet `after`: operations, parameters and bodies of the API descriptions. */
export function brokenOperations(before: ApiDocument, after: ApiDocument, compare: Compare): readonly Finding[] {
  const next = new Map(after.operations.map((operation) => [keyOf(operation), operation]));
  return before.operations.flatMap((operation) => {
    const other = next.get(keyOf(operation));
    const found = other === undefined ? ["the operation is gone"] : operationFaults({ before, after, compare }, operation, other);
    const path = `${operation.method} ${operation.path}`;
    return found.map((message) => ({
      path: `openapi.json: ${path}`,
      message: `${path}: ${message}`,
      hint: "keep what clients rely on; add a new operation or an optional part instead",
    }));
  });
}

/** What else breaks of operations that are still there, such as their status and media types: the contracts of their routes have been looked at. */
export function brokenForms(before: ApiDocument, after: ApiDocument): readonly Finding[] {
  const left = new Set(after.operations.map(keyOf));
  const operations = before.operations.filter((operation) => left.has(keyOf(operation)));
  return brokenOperations({ ...before, operations }, after, () => []);
}

/** What parameters of a path are called is nothing that clients know. */
function keyOf({ method, path }: ApiOperation): string {
  return `${method} ${path.replaceAll(/\{[^}]*\}/g, "{}")}`;
}

interface Versions {
  readonly before: ApiDocument;
  readonly after: ApiDocument;
  readonly compare: Compare;
}

function operationFaults(versions: Versions, operation: ApiOperation, next: ApiOperation): readonly string[] {
  return [
    ...parameterFaults(versions, operation, next),
    ...bodyFaults(versions, operation, next),
    ...responseFaults(versions, operation, next),
  ];
}

function parameterFaults({ before, after, compare }: Versions, operation: ApiOperation, next: ApiOperation): readonly string[] {
  return next.parameters.flatMap((parameter) => {
    const name = `the ${parameter.in} parameter ${parameter.name}`;
    if (parameter.in === "path") return [];
    const known = operation.parameters.find((one) => one.in === parameter.in && one.name === parameter.name);
    if (parameter.required && known?.required !== true) return [`${name} is required`];
    if (known === undefined) return [];
    return mismatches(compare, standaloneSchema(known.schema, before.schemas), standaloneSchema(parameter.schema, after.schemas)).map(
      (one) => `${name}: ${one}`,
    );
  });
}

function bodyFaults({ before, after, compare }: Versions, operation: ApiOperation, next: ApiOperation): readonly string[] {
  if (next.body === undefined) return [];
  const required = next.body.required && operation.body?.required !== true ? ["a body is required"] : [];
  return [
    ...required,
    ...contentFaults(operation.body?.content ?? [], next.body.content, (known, own) =>
      mismatches(compare, standaloneSchema(known, before.schemas), standaloneSchema(own, after.schemas)),
    ).map((one) => `the request's body: ${one}`),
  ];
}

function responseFaults({ before, after, compare }: Versions, operation: ApiOperation, next: ApiOperation): readonly string[] {
  const good = operation.responses.filter(({ status }) => status.startsWith("2"));
  return good.flatMap(({ status, content }) => {
    const own = next.responses.find((one) => one.status === status);
    if (own === undefined) return [`it does not answer ${status} any more`];
    return contentFaults(content, own.content, (known, other) =>
      mismatches(compare, standaloneSchema(other, after.schemas), standaloneSchema(known, before.schemas)),
    ).map((one) => `the reply ${status}: ${one}`);
  });
}

/** Media types that are gone, and what is wrong in those that are left. */
function contentFaults(
  before: readonly ApiContent[],
  after: readonly ApiContent[],
  faults: (before: ApiSchema, after: ApiSchema) => readonly string[],
): readonly string[] {
  return before.flatMap(({ mediaType, schema = true }) => {
    const own = after.find((one) => one.mediaType === mediaType);
    return own === undefined ? [`${mediaType} is gone`] : faults(schema, own.schema ?? true);
  });
}

function mismatches(compare: Compare, found: ApiSchema, expected: ApiSchema): readonly string[] {
  return compare(found, expected, { limits: true }).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
}
