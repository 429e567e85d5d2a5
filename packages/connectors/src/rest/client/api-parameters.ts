import { PortolanError, describeValue, header, isRecord, type ContractCheck, type Expression, type Message } from "@portolan/core";
import type { ApiOperation, ApiParameter, ApiSchema } from "@portolan/formats/openapi";
import { headerText } from "../../header-text.ts";
import { checkParameters, type Parameters } from "../parameters.ts";
import type { ClientOptions } from "./options.ts";
import { headerValue, pathText, queryTexts } from "./parameter-text.ts";
import { hasDotSegment } from "./url-template.ts";

/** What a request says outside of its body. */
export interface ParameterTexts {
  /** Below the base address, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type ParameterWriter = (message: Message) => Promise<ParameterTexts>;

interface WriterParts {
  readonly endpoint: string;
  readonly given: ClientOptions["parameters"];
  /** Whether the message's body is the map of the parameters, since the request has none. */
  readonly fromBody: boolean;
  expression(expression: Expression): (message: Message) => unknown;
  compile(schema: ApiSchema): ContractCheck;
}

/** The options' names of the places of parameters. */
export const PLACES = { path: "path", query: "query", header: "headers", cookie: "cookies", querystring: "query" } as const;

type Place = (typeof PLACES)[ApiParameter["in"]];

interface Value {
  readonly parameter: ApiParameter;
  of(message: Message): unknown;
}

/** Parameters from the message: those of the options, or else fields of its body. Breaches are PORTOLAN_CONTRACT_FAILED. */
export function parameterWriter(operation: ApiOperation, parts: WriterParts): ParameterWriter {
  const values = operation.parameters.map((parameter): Value => ({ parameter, of: sourceOf(parameter, parts) }));
  const checks = new Map(
    [...Map.groupBy(operation.parameters, ({ in: place }) => PLACES[place])].map(
      ([place, own]) => [place, contractOf(own, parts)] as const,
    ),
  );
  return async (message) => {
    if (parts.fromBody && message.body !== undefined && message.body !== null && !isRecord(message.body))
      throw breach(`${parts.endpoint}: expected a map of parameters as body, found ${describeValue(message.body)}`);
    const byPlace: Record<Place, Record<string, unknown>> = { path: {}, query: {}, headers: {}, cookies: {} };
    for (const { parameter, of } of values) {
      const value = await of(message);
      if (value !== undefined && value !== null) byPlace[PLACES[parameter.in]][parameter.name] = value;
    }
    const checked = { ...byPlace } as Record<Place, Parameters>;
    for (const [place, check] of checks) checked[place] = await checkParameters(place, byPlace[place], check);
    return written(operation, checked, parts.endpoint);
  };
}

function contractOf(parameters: readonly ApiParameter[], { compile }: WriterParts): ContractCheck {
  return compile({
    type: "object",
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  });
}

function sourceOf({ name, in: where }: ApiParameter, { given, fromBody, expression }: WriterParts): Value["of"] {
  const mapped = given?.[PLACES[where]];
  const own = mapped !== undefined && Object.hasOwn(mapped, name) ? mapped[name] : undefined;
  if (own !== undefined) return expression(own);
  // Beside a body only the path is looked for in it: what a query or a header says may have nothing to do with a field of that name.
  if (!fromBody && where !== "path") return () => undefined;
  return ({ body, headers }) =>
    (isRecord(body) && Object.hasOwn(body, name) ? body[name] : undefined) ?? (where === "path" ? header(headers, name) : undefined);
}

function written({ path, parameters }: ApiOperation, values: Readonly<Record<Place, Parameters>>, endpoint: string): ParameterTexts {
  const texts = new Map<string, string>();
  const query: string[] = [];
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (const parameter of parameters) {
    const value = values[PLACES[parameter.in]][parameter.name];
    if (value === undefined) continue;
    if (parameter.in === "path") texts.set(parameter.name, pathText(parameter, value));
    else if (parameter.in === "query") query.push(...queryTexts(parameter, value));
    else if (parameter.in === "querystring") query.push(wholeQuery(value));
    else if (parameter.in === "header") headers[parameter.name.toLowerCase()] = headerText(headerValue(parameter, value));
    else cookies.push(...queryTexts(parameter, value));
  }
  if (cookies.length > 0) headers["cookie"] = cookies.join("; ");
  const filled = path.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => texts.get(name) ?? whole);
  if (hasDotSegment(filled) || filled.includes("//"))
    throw new PortolanError("PORTOLAN_ADDRESS_DENIED", `${endpoint}: the values of the parameters lead to another path: ${filled}`);
  return { path: query.length === 0 ? filled : `${filled}${filled.includes("?") ? "&" : "?"}${query.join("&")}`, headers };
}

function wholeQuery(value: unknown): string {
  if (typeof value === "string") return value.replace(/^\?/, "");
  const entries = isRecord(value) ? Object.entries(value).flatMap(([key, one]) => [one].flat().map((item) => [key, String(item)])) : [];
  return new URLSearchParams(entries).toString();
}

function breach(message: string): PortolanError {
  return new PortolanError("PORTOLAN_CONTRACT_FAILED", message);
}
