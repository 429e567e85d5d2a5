import { Kind, parse, print, type DocumentNode, type OperationDefinitionNode } from "graphql";
import {
  PortolanError,
  describeValue,
  isRecord,
  type ConnectorServices,
  type Message,
  type RunningTarget,
  type TargetContext,
} from "@portolan/core";
import { createInFlight } from "@portolan/gateway";
import { headerText } from "../header-text.ts";
import { authOf } from "../http/auth.ts";
import { openConnection } from "../http/connection.ts";
import { dataOf } from "./received-data.ts";
import type { ParsedDocument, TargetOptions } from "./target-options.ts";
import { readAppFile } from "./written-schema.ts";

/** A client of one operation of another server (GraphQL over HTTP, always by POST). */
export async function openClient(options: TargetOptions, context: TargetContext): Promise<RunningTarget> {
  const url = new URL(options.url ?? "");
  const place = `${url.origin}${url.pathname}`;
  const { text, operation } = operationOf(options, context.services, place);
  const endpoint = `GraphQL ${operation.operation} ${operation.name?.value ?? ""}`.trimEnd() + ` at ${place}`;
  const own = lowerCase({ ...options.headers, ...options.secretHeaders });
  const headers = {
    accept: "application/graphql-response+json, application/json;q=0.9",
    "content-type": "application/json",
    ...own,
  };
  const connection = await openConnection(options, { servers: [url.origin], authorizations: authOf(options.auth), headers: own }, context);
  const variablesOf = options.variables === undefined ? ({ body }: Message) => body : context.expression(options.variables);
  const inFlight = createInFlight();
  let closed: Promise<void> | undefined;

  const ask = async (message: Message, key: string, signal: AbortSignal | undefined): Promise<unknown> => {
    const variables = asVariables(await variablesOf(message), endpoint);
    const request = {
      method: "POST",
      base: url.origin,
      path: url.pathname + url.search,
      headers: operation.operation === "mutation" ? { "idempotency-key": headerText(key), ...headers } : headers,
      body: Buffer.from(JSON.stringify({ query: text, variables, operationName: operation.name?.value })),
      endpoint,
    };
    return dataOf(await connection.send(request, signal), endpoint, context.clock.now());
  };

  return {
    async send(message, { mode, key, signal }) {
      inFlight.enter();
      try {
        const body = await ask(message, key, signal);
        return mode === "call" ? { body, headers: {} } : undefined;
      } finally {
        inFlight.leave();
      }
    },
    close: () => (closed ??= inFlight.close().then(() => connection.close())),
  };
}

interface Operation {
  readonly text: string;
  readonly operation: OperationDefinitionNode;
}

/** The operation of the document that is meant. Throws PORTOLAN_CONFIG_INVALID if there is no such, or it cannot be read. */
function operationOf({ document = "", operation: name }: TargetOptions, services: ConnectorServices, place: string): Operation {
  const invalid = (reason: string, cause?: unknown) =>
    new PortolanError("PORTOLAN_CONFIG_INVALID", `the GraphQL document for ${place} ${reason}`, cause === undefined ? {} : { cause });
  let parsed: DocumentNode;
  let text: string;
  try {
    text = textOf(document, services);
    parsed = parse(text);
  } catch (cause) {
    throw invalid(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const all = parsed.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [operation, ...more] = name === undefined ? all : all.filter((one) => one.name?.value === name);
  const names = all.map((one) => one.name?.value ?? "one without a name").join(", ");
  if (operation === undefined)
    throw invalid(name === undefined ? "has no operation" : `has no operation ${name}; it has ${names || "none"}`);
  if (more.length > 0) throw invalid(`has several operations: ${names}; say which with operation`);
  if (operation.operation === "subscription") throw invalid("has a subscription, which is no call: it has no one reply");
  return { text, operation };
}

function textOf(document: string | ParsedDocument, services: ConnectorServices): string {
  // What tools make is a document as `parse` makes it, and `print` says so if it is none.
  if (typeof document !== "string") return print(document as unknown as DocumentNode);
  return /^[^\s{}]+\.(?:graphqls?|gql)$/.test(document) ? String(readAppFile(document, services)) : document;
}

function asVariables(value: unknown, endpoint: string): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (isRecord(value) && !(value instanceof Uint8Array)) return value;
  throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `${endpoint}: expected an object as variables, found ${describeValue(value)}`, {
    hint: "map the body to an object before the call, or say what the variables are",
  });
}

function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
