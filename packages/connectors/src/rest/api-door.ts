import { type ContractCheck, type SourceContext } from "@portolan/core";
import type { ApiBody, ApiContent, ApiDocument, ApiOperation, ApiParameter, ApiSchema } from "@portolan/formats/openapi";
import { createAdmission, type Admission } from "./admission.ts";
import { doorOf, operationNamed, readApi } from "./api-document.ts";
import { checkBody, noBody, type BodyContract, type MediaContract } from "./body-contract.ts";
import { formContract, type FormContract } from "./form-body.ts";
import { omittedHeaders } from "./header-lists.ts";
import { mediaTypeName } from "./media-types.ts";
import { createMockWriter } from "./mock-writer.ts";
import type { DoorOptions } from "./options.ts";
import { createParameterReader, type ParameterReader } from "./parameter-reader.ts";
import { createReplyContract, type ReplyContract } from "./reply-contract.ts";
import type { ReplyWriter } from "./reply-writer.ts";
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

type Compile = (schema: ApiSchema) => ContractCheck;

function parameterContracts({ parameters }: ApiOperation, compile: Compile): ParameterContracts {
  const contractOf = (where: ApiParameter["in"], named: (name: string) => string = (name) => name): ContractCheck | undefined => {
    const own = parameters.filter((one) => one.in === where || (where === "query" && one.in === "querystring"));
    if (own.length === 0) return undefined;
    return compile({
      type: "object",
      properties: Object.fromEntries(own.map(({ name, schema }) => [named(name), schema])),
      required: own.filter(({ required }) => required).map(({ name }) => named(name)),
    });
  };
  return {
    path: contractOf("path"),
    query: contractOf("query"),
    headers: contractOf("header", (name) => name.toLowerCase()),
    cookies: contractOf("cookie"),
  };
}

function bodyContract(body: ApiBody | undefined, compile: Compile, formOf: (content: ApiContent) => FormContract): BodyContract {
  if (body === undefined) return noBody;
  const checks = body.content.filter(isChecked).map((content): readonly [string, MediaContract] => {
    const name = mediaTypeName(content.mediaType);
    const form = FORM.test(name) ? formOf(content) : undefined;
    return [name, { check: compile(form?.schema ?? content.schema ?? true), form }];
  });
  return checkBody(new Map(checks), body.required);
}

const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)$/;

/** Data of other media types look otherwise than their schemas say: XML has a root. */
function isChecked({ mediaType, schema }: ApiContent): boolean {
  const name = mediaTypeName(mediaType);
  return (
    schema !== undefined && schema !== true && (name === "*/*" || /[/+]json$/.test(name) || FORM.test(name) || /[/+-]yaml$/.test(name))
  );
}
