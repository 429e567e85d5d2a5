import { readApiDocument, type ApiBody, type ApiContent, type ApiOperation } from "@portolan/formats/openapi";
import type { DescribedOperation, Description } from "./description.ts";
import type { DescribedFiles } from "./read-description.ts";
import { typeOf, typeWords } from "./schema-types.ts";

/** Operations, and the schemas that a description names. */
export function describeApi(document: unknown, files: DescribedFiles): Description {
  const api = readApiDocument(document, files);
  return {
    kind: api.dialect,
    title: api.title,
    version: api.version,
    operations: api.operations.map(operationOf),
    types: Object.entries(api.schemas).map(([name, schema]) => typeOf(name, schema)),
  };
}

function operationOf({ id, method, path, summary, deprecated, body, ...operation }: ApiOperation): DescribedOperation {
  const input = inputOf(operation.parameters, body);
  const output = outputOf(operation.responses);
  return {
    name: id,
    call: `${method} ${path}`,
    ...(input === "" ? {} : { input }),
    ...(output === "" ? {} : { output }),
    ...(summary === undefined ? {} : { summary }),
    ...(deprecated ? { deprecated } : {}),
  };
}

/** Such as `id, limit?, Order`: parameters by name, then the body. */
function inputOf(parameters: ApiOperation["parameters"], body: ApiBody | undefined): string {
  const names = parameters.filter((one) => one.in !== "cookie").map(({ name, required }) => (required ? name : `${name}?`));
  return [...names, ...(body === undefined ? [] : [contentWords(body.content)])].join(", ");
}

/** The replies of success, or what stands for all. */
function outputOf(responses: ApiOperation["responses"]): string {
  const good = responses.filter(({ status }) => status.startsWith("2"));
  const shown = good.length > 0 ? good : responses.filter(({ status }) => status === "default");
  return shown.map(({ status, content }) => [status, contentWords(content)].filter(Boolean).join(" ")).join(", ");
}

function contentWords(content: readonly ApiContent[]): string {
  const words = content.map(({ mediaType, schema }) => (schema === undefined || schema === true ? mediaType : typeWords(schema)));
  return [...new Set(words)].join(" | ");
}
