import type { ContractCheck } from "@portolan/core";
import { apiContracts, standaloneSchema, type ApiDocument, type ApiOperation, type ApiSchema } from "@portolan/formats/openapi";
import type { ContractOperation } from "@portolan/testkit/contract";

/** An operation to test, or why its contract cannot be used. */
export type TestedOperation = ContractOperation | { readonly operation: ApiOperation; readonly unusable: string };

/** The operations of an API description with their schemas compiled: those of requests as requests have to follow them. */
export function contractOperations(api: ApiDocument): readonly TestedOperation[] {
  const contracts = apiContracts(api);
  const compiled = (check: ContractCheck): ContractCheck => {
    // Schemas are compiled when they are first used. One that cannot be is no reason to leave out the other operations.
    void check.check(undefined);
    return check;
  };
  const ofRequest = (schema: ApiSchema) => ({ schema: standaloneSchema(schema, api.schemas), check: compiled(contracts.request(schema)) });
  const ofResponse = (schema: ApiSchema) => compiled(contracts.response(schema));
  return api.operations.map((operation): TestedOperation => {
    try {
      return contractOperation(operation, { ofRequest, ofResponse });
    } catch (thrown) {
      return { operation, unusable: thrown instanceof Error ? thrown.message : String(thrown) };
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
    parameters: parameters.map((one) => ({ ...one, ...ofRequest(one.schema) })),
    ...(body === undefined ? {} : { body: { required: body.required, content } }),
    responses: responses.map((one) => ({
      status: one.status,
      headers: one.headers,
      content: one.content.map(({ mediaType, schema }) => ({ mediaType, check: schema === undefined ? undefined : ofResponse(schema) })),
    })),
  };
}
