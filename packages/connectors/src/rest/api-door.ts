import type { SourceContext } from "@portolan/core";
import type { ApiDocument, ApiOperation, ApiParameter } from "@portolan/formats/openapi";
import { createAdmission, type Admission } from "./admission.ts";
import { doorOf, operationNamed, readApi } from "./api-document.ts";
import type { BodyContract } from "./body-contract.ts";
import { formContract } from "./form-body.ts";
import { omittedHeaders } from "./header-lists.ts";
import { createMockWriter } from "./mock-writer.ts";
import type { DoorOptions } from "./options.ts";
import { createParameterReader, type ParameterReader } from "./parameter-reader.ts";
import { createReplyContract, type ReplyContract } from "./reply-contract.ts";
import type { ReplyWriter } from "./reply-writer.ts";
import { bodyContract, parameterContracts } from "./request-contracts.ts";
import type { ParameterContracts } from "./request-reader.ts";

/** A door as its contract has it. */
export interface ApiDoor {
  /** With method, path, media types and status of the operation. */
  readonly options: DoorOptions;
  readonly parameters: ParameterContracts;
  readonly reader: ParameterReader;
  readonly hasBody: boolean;
  readonly admission: Admission | undefined;
  readonly body: BodyContract;
  readonly reply: ReplyContract | undefined;
  /** Answers in the route's stead. */
  readonly mock: ReplyWriter | undefined;
}

/** Turns `api` and `operation` of a door's options into what the operation of the document says. */
export async function openApiDoor(
  options: DoorOptions,
  { api: path, operation: name }: { readonly api: string; readonly operation: string },
  { services, log }: Pick<SourceContext, "services" | "log">,
): Promise<ApiDoor> {
  const [api, { apiContracts, sampleSchema }] = await Promise.all([readApi(path, services), import("@portolan/formats/openapi")]);
  const operation = operationNamed(api, name, path);
  const contracts = apiContracts(api);
  const admission = admissionOf(operation, api, { options, log, path });
  const { key, place } = doorOf(operation, api);
  const success = operation.responses.find(({ status }) => /^2\d\d$/.test(status));
  const status = options.status ?? (success === undefined ? undefined : Number(success.status));
  const produced = success?.content.map(({ mediaType }) => mediaType).filter((type) => !type.includes("*")) ?? [];
  const own = { ...options, [key]: place, ...(status === undefined ? {} : { status }) };
  const { body } = operation;
  return {
    options: {
      ...own,
      ...(options.produces === undefined && produced.length > 0 && options.mode !== "accept" ? { produces: produced } : {}),
      ...(body === undefined || body.content.length === 0 ? {} : { consumes: body.content.map(({ mediaType }) => mediaType) }),
    },
    parameters: parameterContracts(withoutKeys(known(operation, options), admission), contracts.request),
    reader: createParameterReader(operation.parameters, api, services),
    hasBody: body !== undefined,
    admission,
    body: bodyContract(body, contracts.request, (content) => formContract(content, api, services)),
    reply: checksReplies(options, services) ? createReplyContract(operation, contracts.response) : undefined,
    mock: options.mock === true ? createMockWriter({ operation, contracts, services, sample: sampleSchema }) : undefined,
  };
}

/** In production nobody is helped by an answer that is held back. */
function checksReplies({ checkReplies, mode }: DoorOptions, { isProduction }: SourceContext["services"]): boolean {
  return mode !== "accept" && (checkReplies ?? isProduction !== true);
}

interface Asked {
  readonly options: DoorOptions;
  readonly log: SourceContext["log"];
  readonly path: string;
}

/** Descriptions whose security nobody was told to check, and that is said already. */
const unchecked = new WeakSet<ApiDocument>();

function admissionOf({ security }: ApiOperation, api: ApiDocument, { options, log, path }: Asked): Admission | undefined {
  const { credentials, mock } = options;
  if (credentials !== undefined) return createAdmission({ security, securitySchemes: api.securitySchemes }, credentials);
  if (mock !== true && security.some((names) => Object.keys(names).length > 0) && !unchecked.has(api)) {
    unchecked.add(api);
    log.log("warn", "the security of an API description is not checked here", {
      of: path,
      hint: "give its doors credentials, or check it in front",
    });
  }
  return undefined;
}

/** Without the headers that do not become headers of the message, such as keys: who may call is for policies to say. */
function known(operation: ApiOperation, { keepHeaders, replyHeaders }: DoorOptions): ApiOperation {
  const omitted = omittedHeaders(keepHeaders, replyHeaders);
  return { ...operation, parameters: operation.parameters.filter((one) => one.in !== "header" || !omitted.has(one.name.toLowerCase())) };
}

/** Keys are checked already, and are nothing for the message. */
function withoutKeys(operation: ApiOperation, admission: Admission | undefined): ApiOperation {
  const isKey = (one: ApiParameter): boolean => admission?.keys.some(({ place, name }) => place === one.in && name === one.name) === true;
  return { ...operation, parameters: operation.parameters.filter((one) => !isKey(one)) };
}
