import type { ContractCheck } from "@portolan/core";
import type { ApiBody, ApiContent, ApiOperation, ApiParameter, ApiSchema } from "@portolan/formats/openapi";
import { checkBody, noBody, type BodyContract, type MediaContract } from "./body-contract.ts";
import type { FormContract } from "./form-body.ts";
import { mediaTypeName } from "./media-types.ts";
import type { ParameterContracts } from "./request-reader.ts";

type Compile = (schema: ApiSchema) => ContractCheck;

/** What the parameters of an operation have to follow, place by place. */
export function parameterContracts({ parameters }: ApiOperation, compile: Compile): ParameterContracts {
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

/** What the body of an operation has to follow, by its media type. */
export function bodyContract(body: ApiBody | undefined, compile: Compile, formOf: (content: ApiContent) => FormContract): BodyContract {
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
