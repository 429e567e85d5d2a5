import { isRecord, listNames, PortolanError, type ConnectorServices } from "@portolan/core";
import type { ApiContent, ApiContracts, ApiOperation, ApiResponse, sampleSchema } from "@portolan/formats/openapi";
import type { ReplyHeaders } from "@portolan/gateway";
import { mediaTypeName, preferredType } from "./media-types.ts";
import { preferencesOf, type Preferences } from "./preferences.ts";
import { encodeAs, isBodiless, type ReplyWriter } from "./reply-writer.ts";

export interface MockOptions {
  readonly operation: ApiOperation;
  readonly contracts: ApiContracts;
  readonly services: ConnectorServices;
  readonly sample: typeof sampleSchema;
}

/**
 * Answers in the route's stead as the description says: with an example of the response, or else with a value made of its schema, always the
 * same. The caller chooses by `Accept`, and by `Prefer: code=404, example=NAME, dynamic=true, seed=7`.
 */
export function createMockWriter(options: MockOptions): ReplyWriter {
  const { operation, services } = options;
  const usual = new Map<ApiContent, unknown>();
  // What is no schema is said at start.
  for (const { content } of operation.responses)
    for (const { schema } of content) if (schema !== undefined) options.contracts.response(schema);

  const bodyOf = (content: ApiContent, wanted: Preferences): unknown => {
    const isUsual = wanted.example === undefined && !wanted.dynamic && wanted.seed === undefined;
    if (!isUsual) return mockBody(content, wanted, options);
    if (!usual.has(content)) usual.set(content, mockBody(content, wanted, options));
    return usual.get(content);
  };

  return {
    // What can be accepted depends on the status, which the caller chooses.
    choose: () => ({ type: "", headers: {}, encode: String }),
    send(exchange) {
      const wanted = preferencesOf(exchange.headers["prefer"]);
      const { response, status } = responseFor(operation, wanted.code);
      const headers = { ...(response === undefined ? {} : mockHeaders(response, options)), ...wanted.applied };
      const content = response === undefined || isBodiless(status) ? [] : response.content;
      if (content.length === 0) return exchange.reply(status, headers);
      const [type, chosen] = contentFor(content, exchange.headers["accept"]);
      exchange.reply(
        status,
        { ...headers, "content-type": type },
        encodeMock(type, bodyOf(chosen, wanted), { schema: chosen.schema, services }),
      );
    },
  };
}

/** The response of a status that the caller wants, or else of success. */
function responseFor(
  { id, responses }: ApiOperation,
  code: number | undefined,
): { readonly response: ApiResponse | undefined; readonly status: number } {
  const named = (status: string) => responses.find((one) => one.status === status);
  if (code !== undefined) {
    const response = named(String(code)) ?? named(`${Math.floor(code / 100)}XX`) ?? named("default");
    if (response !== undefined && code >= 200) return { response, status: code };
    throw refused(`${id} promises no status ${code}; it promises ${listNames(responses.map(({ status }) => status))}`);
  }
  const usual =
    responses.find(({ status }) => /^2\d\d$/.test(status)) ??
    named("2XX") ??
    named("default") ??
    responses.find(({ status }) => !status.startsWith("1"));
  if (usual === undefined) return { response: undefined, status: 200 };
  return { response: usual, status: usual.status === "default" ? 200 : Number(usual.status.replace("XX", "00")) };
}

/** Of ranges such as `text/*`, the type that is sent. */
const OF_RANGE: Readonly<Record<string, string>> = {
  "*/*": "application/json",
  "application/*": "application/json",
  "text/*": "text/plain",
  "image/*": "image/png",
};

function contentFor(content: readonly ApiContent[], accept: string | readonly string[] | undefined): readonly [string, ApiContent] {
  const types = content.map((one) => [OF_RANGE[mediaTypeName(one.mediaType)] ?? one.mediaType, one] as const);
  const names = types.map(([type]) => type);
  const chosen = accept === undefined || accept === "" ? names[0] : preferredType(String(accept), names);
  const found = types.find(([type]) => type === chosen);
  if (found !== undefined) return found;
  throw new PortolanError(
    "PORTOLAN_NOT_ACCEPTABLE",
    `the reply can be ${names.join(", ")}; the Accept of the request is "${String(accept)}"`,
  );
}

function mockBody(
  { schema, examples, mediaType }: ApiContent,
  { example, dynamic, seed }: Preferences,
  { operation, contracts, sample }: MockOptions,
): unknown {
  if (example !== undefined) {
    const found = examples.find(({ name }) => name === example);
    if (found !== undefined) return found.value;
    const names = examples.flatMap(({ name }) => name ?? []);
    throw refused(
      `the response of ${operation.id} has no example ${JSON.stringify(example)}; ${names.length === 0 ? "none has a name" : `it has ${listNames(names)}`}`,
    );
  }
  if (schema === undefined) return examples[0]?.value ?? null;
  const check = contracts.response(schema);
  const accepts = (value: unknown): boolean => {
    const result = check.check(value);
    return !(result instanceof Promise) && "body" in result;
  };
  // What is no data, such as XML, is an example as it stands.
  const isData = /[/+-](?:json|yaml)$/.test(mediaTypeName(mediaType));
  const given = examples.flatMap(({ value }) => (typeof value === "string" && isData ? [value, ...parsed(value)] : [value]));
  const fitting = dynamic ? undefined : given.find((value) => (typeof value === "string" && !isData) || accepts(value));
  if (fitting !== undefined) return fitting;
  const made = sample(check.jsonSchema ?? true, { accepts, seed: seed ?? operation.id, without: "writeOnly", withExamples: !dynamic });
  if (made !== undefined) return made.value;
  throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `no answer of ${operation.id} can be made that is ${mediaType} of its schema`, {
    kind: "defect",
    hint: "give the response an example that its schema accepts",
  });
}

/** Many people write JSON as a text. */
function parsed(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

/** Said by the host itself. */
const OWN_HEADERS = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "connection",
  "date",
  "keep-alive",
]);

function mockHeaders({ headers }: ApiResponse, { contracts, operation, sample }: MockOptions): ReplyHeaders {
  const values = headers.flatMap(({ name, schema }): readonly (readonly [string, string])[] => {
    const lower = name.toLowerCase();
    if (OWN_HEADERS.has(lower) || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return [];
    const { check, jsonSchema = true } = contracts.response(schema);
    const made = sample(jsonSchema, {
      seed: `${operation.id} ${name}`,
      accepts: (value) => {
        const result = check(value);
        return !(result instanceof Promise) && "body" in result;
      },
    });
    const text = Array.isArray(made?.value)
      ? made.value.join(",")
      : isRecord(made?.value)
        ? JSON.stringify(made.value)
        : String(made?.value ?? "");
    return made === undefined || !/^[\x20-\x7e]+$/.test(text) ? [] : [[lower, text]];
  });
  return Object.fromEntries(values);
}

interface MockBody {
  readonly schema: ApiContent["schema"];
  readonly services: ConnectorServices;
}

/** A text is what it is in all types but JSON; data for which there is no format, or that its format cannot hold, are shown as JSON. */
function encodeMock(type: string, body: unknown, { schema, services }: MockBody): string | Uint8Array {
  const name = mediaTypeName(type);
  if (/[/+]json$/.test(name)) return JSON.stringify(body);
  if (typeof body === "string") return body;
  const rooted = /[/+]xml$/.test(name) && !(isRecord(body) && Object.keys(body).length === 1) ? { [rootName(schema)]: body } : body;
  try {
    return encodeAs(type, rooted, services);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return JSON.stringify(body);
  }
}

function rootName(schema: ApiContent["schema"]): string {
  const { xml, $ref: reference } = isRecord(schema) ? schema : {};
  const own = isRecord(xml) ? xml["name"] : undefined;
  const found = typeof own === "string" ? own : typeof reference === "string" ? reference.slice(reference.lastIndexOf("/") + 1) : "";
  return /^[A-Za-z_][\w.-]*$/.test(found) ? found : "root";
}

function refused(message: string): PortolanError {
  return new PortolanError("PORTOLAN_CONTRACT_FAILED", message, { hint: "Prefer chooses among what the API description promises" });
}
