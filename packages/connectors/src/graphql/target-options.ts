import { isRecord, option, optional, withDefault, type OptionType, type OptionsOf } from "@portolan/core";
import { checkConnection } from "../http/check-connection.ts";
import { connectionOptions } from "../http/connection-options.ts";
import { NAME, pathOption, schemaOption } from "./options.ts";

const { servers: _several, ...ofOneServer } = connectionOptions;

/** A document of GraphQL that is parsed already, as tools for typed documents make it. */
export interface ParsedDocument {
  readonly kind: "Document";
  readonly definitions: readonly unknown[];
}

const documentType: OptionType<string | ParsedDocument> = {
  kind: "graphqlDocument",
  expected: "a document of GraphQL, or the path of a .graphql file",
  schema: { type: "string" },
  read(value, context) {
    if (isParsed(value)) return value;
    return option.text.read(value, context);
  },
};

function isParsed(value: unknown): value is ParsedDocument {
  return isRecord(value) && value["kind"] === "Document" && Array.isArray(value["definitions"]);
}

/** A subscription that messages are published to, or an operation of another server that is called with each. */
export const targetOptions = {
  subscription: optional(option.name, "Subscribers of this field of Subscription get the message's body.", { example: "orderAccepted" }),
  contract: optional(option.contract, "What is published: the type of the field, and what bodies are checked by."),
  filterBy: optional(
    option.listOf(option.name),
    "Fields of the body that become arguments: a subscriber who gives one gets what has the same value there.",
    { example: ["customerId"] },
  ),
  path: pathOption,
  schema: schemaOption,
  url: optional(option.text, "Another server that is called: its endpoint, http or https.", { example: "https://shop.example/graphql" }),
  document: optional(documentType, "The query or mutation that is sent there. The message's body is its variables, `data` the reply.", {
    example: "query ($id: ID!) { order(id: $id) { total } }",
  }),
  operation: optional(option.name, "The operation that is meant, if the document has several.", { example: "getOrder" }),
  variables: optional(option.expression, "The variables, if they are not the message's body.", { example: '{ "id": body.orderId }' }),
  headers: withDefault(option.mapOf(option.text), {}, "Headers of every request."),
  secretHeaders: optional(option.mapOf(option.text), "Headers that are never shown.", {
    secret: true,
    example: { "x-api-key": "${SHOP_KEY}" },
  }),
  ...ofOneServer,
};

export type TargetOptions = OptionsOf<typeof targetOptions>;

export function describeTarget({ subscription, path, url, operation }: TargetOptions): string {
  if (subscription !== undefined) return `subscription ${subscription} at ${path}`;
  return ["GraphQL", ...(operation === undefined ? [] : [operation]), "at", url?.split("?", 1)[0] ?? ""].join(" ");
}

export function checkTarget(options: TargetOptions): readonly string[] {
  const { subscription, url } = options;
  if ((subscription === undefined) === (url === undefined))
    return [`expected either subscription or url, found ${subscription === undefined ? "none" : "both"}`];
  return subscription === undefined ? checkClient(options) : checkSubscription(options, subscription);
}

const OF_CLIENTS = ["document", "operation", "variables", "secretHeaders"] as const;
const OF_SUBSCRIPTIONS = ["contract", "filterBy", "schema"] as const;

function checkSubscription(options: TargetOptions, subscription: string): readonly string[] {
  const { schema, contract, filterBy } = options;
  const faults = OF_CLIENTS.filter((name) => options[name] !== undefined).map((name) => `${name} is about a server that is called`);
  for (const name of [subscription, ...(filterBy ?? [])]) if (!NAME.test(name)) faults.push(`"${name}" is no name of a GraphQL field`);
  if (schema !== undefined)
    for (const [name, value] of Object.entries({ contract, filterBy }))
      if (value !== undefined) faults.push(`${name} is said by schema already`);
  if (filterBy !== undefined && schema === undefined && contract === undefined)
    faults.push("filterBy names fields of what is published, and no contract says what that is");
  return faults;
}

/** Headers that the client writes itself. */
const OWN_HEADERS = /^(?:accept|content-type|host|content-length)$/i;

function checkClient(options: TargetOptions): readonly string[] {
  const { url = "", document, headers, secretHeaders = {} } = options;
  const faults = OF_SUBSCRIPTIONS.filter((name) => options[name] !== undefined).map((name) => `${name} is about a subscription`);
  if (document === undefined) faults.push("url is given without document: what is asked there?");
  const place = URL.parse(url);
  if (place === null || !/^https?:$/.test(place.protocol)) faults.push(`url: ${url} is no absolute http or https URL`);
  else if (place.username !== "" || place.password !== "" || place.hash !== "")
    faults.push("url: it has a user or a fragment; credentials belong into auth");
  for (const name of [...Object.keys(headers), ...Object.keys(secretHeaders)])
    if (OWN_HEADERS.test(name)) faults.push(`the header ${name} is set by the client itself`);
  return [...faults, ...checkConnection(options)];
}
