import { isRecord } from "@portolan/core";
import {
  apiContracts,
  sampleSchema,
  type ApiDocument,
  type ApiOperation,
  type ApiParameter,
  type ApiSchema,
} from "@portolan/formats/openapi";

export interface ApiRequest {
  readonly url: string;
  readonly init: RequestInit;
}

/** A request that follows its operation, made of its schemas; or why there is none. */
export function requestOf(operation: ApiOperation, api: ApiDocument): ApiRequest | string {
  const sampled = createSampler(api);
  let { path } = operation;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const parameter of operation.parameters) {
    // A fetch sends this one by itself, with a value of its own.
    const isSentAnyway = parameter.in === "header" && parameter.name.toLowerCase() === "accept-language";
    if (!parameter.required && !isSentAnyway) continue;
    const value = parameter.in === "path" ? sampled(nonEmpty(parameter.schema)) : sampled(parameter.schema);
    if (value === undefined) return `nothing is a value of the parameter ${parameter.name}`;
    const text = written(value, parameter);
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(text));
    else if (parameter.in === "query") query.push(...queryOf(value, parameter));
    else if (parameter.in === "header") headers[parameter.name] = encodeURIComponent(text);
    else if (parameter.in === "cookie") headers["cookie"] = `${parameter.name}=${encodeURIComponent(text)}`;
  }
  if (operation.body?.required === true && /^(GET|HEAD)$/.test(operation.method))
    return `it is ${operation.method} with a body, which fetch refuses`;
  const body = /^(GET|HEAD)$/.test(operation.method) ? { headers: {}, body: undefined } : bodyOf(operation, sampled);
  if (typeof body === "string") return body;
  if (
    api.operations.some(
      (other) => other.method === operation.method && isPlainer(other.path, operation.path) && patternOf(other.path).test(path),
    )
  )
    return "its path, with the values of this request, is that of another operation";
  const url = basePath(api.servers[0]) + path + (query.length === 0 ? "" : `?${query.join("&")}`);
  return {
    url,
    init: { method: operation.method, headers: { ...headers, ...body.headers }, ...(body.body === undefined ? {} : { body: body.body }) },
  };
}

function isPlainer(path: string, than: string): boolean {
  return path !== than && path.split("{").length <= than.split("{").length;
}

function patternOf(path: string): RegExp {
  return new RegExp(
    `^${path
      .split(/\{[^}]*\}/)
      .map(RegExp.escape)
      .join("[^/]+")}$`,
  );
}

type Sampler = (schema: ApiSchema) => unknown;

function createSampler(api: ApiDocument): Sampler {
  const contracts = apiContracts(api);
  return (schema) => {
    const check = contracts.request(schema);
    const accepts = (value: unknown) => "body" in check.check(value);
    return sampleSchema(check.jsonSchema ?? true, { accepts, without: "readOnly" })?.value;
  };
}

/** An empty segment is none. */
function nonEmpty(schema: ApiSchema): ApiSchema {
  return isRecord(schema) && schema["type"] === "string" && schema["minLength"] === undefined ? { ...schema, minLength: 1 } : schema;
}

function written(value: unknown, { mediaType, style }: ApiParameter): string {
  if (mediaType !== undefined && /\bjson\b/.test(mediaType)) return JSON.stringify(value);
  const text = Array.isArray(value)
    ? value.map(String).join(",")
    : isRecord(value)
      ? Object.entries(value).flat().map(String).join(",")
      : String(value);
  return style === "label" ? `.${text}` : text;
}

function queryOf(value: unknown, { name, mediaType, separator, style, explode }: ApiParameter): readonly string[] {
  const pair = (key: string, one: unknown) =>
    `${encodeURIComponent(key)}=${encodeURIComponent(isRecord(one) ? JSON.stringify(one) : String(one))}`;
  if (mediaType !== undefined && /\bjson\b/.test(mediaType)) return [pair(name, JSON.stringify(value))];
  if (Array.isArray(value))
    return separator === undefined
      ? value.map((one) => pair(name, one))
      : [
          `${encodeURIComponent(name)}=${value.map((one) => encodeURIComponent(String(one))).join(separator === "," ? "," : encodeURIComponent(separator))}`,
        ];
  if (!isRecord(value)) return [pair(name, value)];
  if (style === "deepObject")
    return Object.entries(value).flatMap(([key, one]) => [one].flat().map((item) => pair(`${name}[${key}]`, item)));
  return explode === false
    ? [pair(name, Object.entries(value).flat().join(","))]
    : Object.entries(value).map(([key, one]) => pair(key, one));
}

interface Body {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

function bodyOf({ body }: ApiOperation, sampled: Sampler): Body | string {
  if (body === undefined || body.content.length === 0) return { headers: {} };
  const json = body.content.find(({ mediaType }) => /[/+]json\b/.test(mediaType) || mediaType === "*/*");
  if (json !== undefined) {
    const value = sampled(json.schema ?? true);
    if (value === undefined) return "nothing is a value of the body";
    return { headers: { "content-type": json.mediaType.includes("*") ? "application/json" : json.mediaType }, body: JSON.stringify(value) };
  }
  const form = body.content.find(({ mediaType }) => mediaType.startsWith("application/x-www-form-urlencoded"));
  const fields = form === undefined ? undefined : sampled(form.schema ?? true);
  if (isRecord(fields))
    return {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Object.entries(fields)
        .flatMap(([name, value]) =>
          [value]
            .flat()
            .map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(isRecord(one) ? JSON.stringify(one) : String(one))}`),
        )
        .join("&"),
    };
  return `its body is ${body.content.map(({ mediaType }) => mediaType).join(", ")}, of which no request is made here`;
}

function basePath(server: string | undefined): string {
  if (server === undefined || server.includes("{") || !URL.canParse(server, "http://localhost")) return "";
  return new URL(server, "http://localhost").pathname.replace(/\/+$/, "");
}
