import { PortolanError, type ConnectorServices } from "@portolan/core";
import type { ApiDocument, ApiOperation } from "@portolan/formats/openapi";
import {
  createRouteTable,
  DOOR_METHODS,
  statusProblem,
  type Door,
  type Exchange,
  type RequestCheck,
  type WantedCheck,
} from "@portolan/gateway";
import { basePath, placeBelow, readApi } from "./api-document.ts";
import type { BodyContract } from "./body-contract.ts";
import { formContract } from "./form-body.ts";
import { createParameterReader, type ParameterReader, type ParameterSource } from "./parameter-reader.ts";
import { checkParameters } from "./parameters.ts";
import { createBodyDecoders, type BodyDecoders } from "./request-body.ts";
import { bodyContract, parameterContracts } from "./request-contracts.ts";
import { chosenDecoder, decodeBody, refuseCoding, type ParameterContracts } from "./request-reader.ts";

/** Checks requests by the operations of an API description, for a proxy that sends them on as they came. */
export async function openRequestCheck(wanted: WantedCheck, services: ConnectorServices): Promise<RequestCheck> {
  const [api, { apiContracts }] = await Promise.all([readApi(wanted.api, services), import("@portolan/formats/openapi")]);
  const { request: compile } = apiContracts(api);
  const table = createRouteTable();
  const operations = new Map<Door, CheckedOperation>();
  for (const operation of api.operations) {
    // Requests of other methods never come.
    const method = DOOR_METHODS.find((one) => one === operation.method);
    if (method === undefined) continue;
    const path = placeBelow(baseOf(operation, api, wanted), operation);
    const door = { method, path, owner: `${wanted.api}, ${operation.id}`, handle: () => undefined };
    table.mount(door);
    operations.set(door, checkedOperation(operation, { api, compile, services }));
  }

  return async ({ exchange, path }) => {
    const found = table.find(exchange.method, path);
    const operation = found && operations.get(found.door);
    if (found !== undefined && operation !== undefined) {
      checkHead({ params: found.params, queryText: exchange.queryText, query: exchange.query, headers: exchange.headers }, operation);
      const body = await checkedBody(exchange, operation);
      return body === undefined ? {} : { body };
    }
    const asked = exchange.headers["access-control-request-method"];
    // A browser's question about an operation, for the target to answer.
    if (exchange.method === "OPTIONS" && typeof asked === "string" && table.find(asked, path) !== undefined) return {};
    const methods = table.methodsOf(path).join(", ");
    const where = { requestId: exchange.id };
    if (methods === "") exchange.sendProblem(statusProblem(404, "there is nothing at this path", where));
    else exchange.sendProblem(statusProblem(405, `this path answers ${methods}`, where), { allow: methods });
    return undefined;
  };
}

interface CheckedOperation {
  readonly parameters: ParameterContracts;
  readonly reader: ParameterReader;
  readonly hasBody: boolean;
  readonly body: BodyContract;
  readonly decoders: BodyDecoders;
}

interface Compilation {
  readonly api: ApiDocument;
  readonly compile: Parameters<typeof parameterContracts>[1];
  readonly services: ConnectorServices;
}

function checkedOperation(operation: ApiOperation, { api, compile, services }: Compilation): CheckedOperation {
  const { body } = operation;
  const content = body?.content ?? [];
  return {
    parameters: parameterContracts(operation, compile),
    reader: createParameterReader(operation.parameters, api, services),
    hasBody: body !== undefined,
    body: bodyContract(body, compile, (one) => formContract(one, api, services)),
    decoders: createBodyDecoders(content.length === 0 ? undefined : content.map(({ mediaType }) => mediaType), services),
  };
}

function baseOf({ servers }: ApiOperation, api: ApiDocument, { apiBase, targetPath }: WantedCheck): string {
  if (apiBase !== undefined) return apiBase.replace(/\/+$/, "");
  return basePath(servers?.[0] ?? api.servers[0]) || targetPath;
}

function checkHead(source: ParameterSource, { parameters, reader }: CheckedOperation): void {
  const { path, query, headers, cookies } = parameters;
  // JSON Schemas check at once.
  if (path !== undefined) void checkParameters("path", reader.path(source), path);
  if (query !== undefined) void checkParameters("query", reader.query(source), query);
  if (headers !== undefined) void checkParameters("headers", reader.headers(source.headers), headers);
  if (cookies !== undefined) void checkParameters("cookies", reader.cookies?.(source) ?? {}, cookies);
}

/** The body, if it had to be read: one whose format nobody knows here goes on as it comes. */
async function checkedBody(exchange: Exchange, { hasBody, body, decoders }: CheckedOperation): Promise<Buffer | undefined> {
  if (!exchange.hasBody) {
    body(undefined, undefined);
    return undefined;
  }
  if (!hasBody) {
    const bytes = await exchange.readBody();
    if (bytes.length === 0) return bytes;
    const message = "is not expected: this operation has none";
    throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `the body ${message}`, { findings: [{ path: "", message }] });
  }
  const decoder = chosenDecoder(decoders, exchange);
  if (decoder.raw) return undefined;
  refuseCoding(exchange);
  const bytes = await exchange.readBody();
  const decoded = decodeBody(decoder, bytes, exchange);
  body(decoded?.value, decoded?.type);
  return bytes;
}
