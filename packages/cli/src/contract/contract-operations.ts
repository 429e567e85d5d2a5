import { PortolanError, type ContractCheck, type ContractCompiler } from "@portolan/core";
import { schemaOfRequest, schemaOfResponse, type ApiDocument, type ApiOperation, type ApiSchema } from "@portolan/formats/openapi";
import type { ContractOperation } from "@portolan/testkit/contract";

/** An operation to test, or why its contract cannot be used. */
export type TestedOperation = ContractOperation | { readonly operation: ApiOperation; readonly unusable: string };

/** The operations of an API description with their schemas compiled: those of requests as requests have to follow them. */
export function contractOperations(api: ApiDocument, compiler: ContractCompiler): readonly TestedOperation[] {
  const compile = (jsonSchema: ApiSchema): ContractCheck => compiler.compile({ jsonSchema });
  const ofRequest = (schema: ApiSchema) => {
    const own = schemaOfRequest(schema, api.schemas);
    return { schema: own, check: compile(own) };
  };
  const ofResponse = (schema: ApiSchema) => compile(schemaOfResponse(schema, api.schemas));
  return api.operations.map((operation): TestedOperation => {
    try {
      return contractOperation(operation, { ofRequest, ofResponse });
    } catch (thrown) {
      if (!(thrown instanceof PortolanError)) throw thrown;
      return { operation, unusable: thrown.message };
    }
  });
}

interface Compiled {
  readonly ofRequest: (schema: ApiSchema) => { readonly schema: ApiSchema; readonly check: ContractCheck };
  readonly ofResponse: (schema: ApiSchema) => ContractCheck;
}

function contractOperation(
  { id, method, path, parameters, body, responses }: ApiOperation,
  { ofRequest, ofResponse }: Compiled,
): ContractOperation {
  const content = (body?.content ?? []).map((one) => ({
    mediaType: one.mediaType,
    examples: one.examples,
    ...ofRequest(one.schema ?? true),
  }));
  return {
    id,
    method,
    path,
    parameters: parameters.map((one) => ({
      name: one.name,
      in: one.in,
      required: one.required,
      separator: one.separator,
      example: one.example,
      ...ofRequest(one.schema),
    })),
    ...(body === undefined ? {} : { body: { required: body.required, content } }),
    responses: responses.map((one) => ({
      status: one.status,
      headers: one.headers,
      content: one.content.map(({ mediaType, schema }) => ({ mediaType, check: schema === undefined ? undefined : ofResponse(schema) })),
    })),
  };
}
