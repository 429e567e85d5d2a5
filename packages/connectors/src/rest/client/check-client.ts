import { REST_KEYS, checkOperation, operationOf } from "../rest-method.ts";
import { checkConnection, checkCredential } from "../../http/check-connection.ts";
import type { ClientOptions } from "./options.ts";
import { checkPages } from "./page-options.ts";
import { checkUrl } from "./url-template.ts";

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/** Headers that undici writes itself; a second one would make the request ambiguous. */
const OWN_HEADERS = new Set([
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "upgrade",
  "expect",
  "te",
  "trailer",
]);

/** What is wrong with the options of a client, in words. */
export function checkClient(options: ClientOptions): readonly string[] {
  const faults = options.client === undefined ? checkUrlClient(options) : checkApiClient(options);
  return faults.length > 0
    ? faults
    : [...checkHeaders(options), ...checkConnection(options), ...checkCallers(options), ...checkReading(options)];
}

function checkUrlClient(options: ClientOptions): readonly string[] {
  const repeated = OF_DESCRIPTIONS.find((name) => options[name] !== undefined);
  if (repeated !== undefined) return [`${repeated} is about an operation of client, and none is given`];
  const operation = operationOf(options);
  const faults = checkOperation(options);
  if (operation === undefined || faults.length > 0) return faults;
  const fault = checkUrl(operation.place);
  return fault === undefined ? [] : [`the URL cannot be called: ${fault}`];
}

/** What only an API description gives a meaning to. */
const OF_DESCRIPTIONS = ["operation", "parameters", "body", "variables", "credentials", "mediaType", "checkReplies"] as const;

function checkApiClient(options: ClientOptions): readonly string[] {
  const said = REST_KEYS.find((name) => options[name] !== undefined);
  if (said !== undefined) return [`${said} is said by client already`];
  return options.operation === undefined ? ["client is given without operation: which one is it?"] : [];
}

function checkHeaders(options: ClientOptions): readonly string[] {
  const faults: string[] = [];
  const given = [...Object.entries(options.headers), ...Object.entries(options.secretHeaders ?? {})];
  const names = [...given.map(([name]) => name), ...options.forward, options.idempotencyHeader];
  for (const name of names) {
    if (!HEADER_NAME.test(name)) faults.push(`"${name}" is no name of a header`);
    else if (OWN_HEADERS.has(name.toLowerCase())) faults.push(`the header ${name} is set by the client itself`);
  }
  for (const [name, value] of given)
    if (!HEADER_VALUE.test(value)) faults.push(`the value of the header ${name} has characters that no header can hold`);
  const repeated = names.map((name) => name.toLowerCase()).find((name, index, all) => all.indexOf(name) !== index);
  if (repeated !== undefined) faults.push(`the header ${repeated} is given twice`);
  return faults;
}

function checkCallers({ auth, cache, forward, credentials = {}, headers, secretHeaders = {} }: ClientOptions): readonly string[] {
  const faults = Object.entries(credentials).flatMap(([name, given]) => checkCredential(`credentials: ${name}`, given));
  const personal = forward.find((name) => /^(?:authorization|cookie)$/i.test(name));
  if (cache !== undefined && personal !== undefined)
    faults.push(`cache would show what one caller may see to another: ${personal} is forwarded`);
  if (auth !== undefined && [...Object.keys(headers), ...Object.keys(secretHeaders)].some((name) => /^authorization$/i.test(name)))
    faults.push("auth and the header authorization are both given");
  return faults;
}

function checkReading({ pages, stream, ...options }: ClientOptions): readonly string[] {
  if (pages === undefined) return [];
  const { method = "GET" } = operationOf(options) ?? {};
  return [
    ...checkPages(pages),
    ...(method === "GET" ? [] : [`pages are of lists that are read with GET, and this is ${method}`]),
    ...(stream === true ? ["pages are a stream of items already, and stream says that the reply is one"] : []),
  ];
}
