import { GraphQLError, NoSchemaIntrospectionCustomRule, type GraphQLSchema } from "graphql";
import { createYoga, type Plugin } from "graphql-yoga";
import { PortolanError, type Clock, type Logger } from "@portolan/core";
import type { Exchange } from "@portolan/gateway";
import { errorCodes } from "./error-codes.ts";
import { persistedOperations } from "./persisted-operations.ts";
import { limitQueries } from "./query-limits.ts";
import type { FieldContext } from "./served-schema.ts";
import type { EndpointSettings } from "./settings.ts";

export type Server = (exchange: Exchange) => Promise<void>;

export interface ServerParts {
  readonly schema: GraphQLSchema;
  readonly settings: EndpointSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The server sees one address, wherever the gateway has mounted it. */
const PATH = "/graphql";
const ADDRESS = `http://localhost${PATH}`;

/** Answers the requests of a gateway with a schema: GraphQL over HTTP, as its specification has it, and subscriptions as server-sent events. */
export function createServer({ schema, settings, clock, log }: ServerParts): Server {
  const tell = (level: "debug" | "warn" | "error") => (text: unknown) => log.log(level, "the GraphQL server says", { text: String(text) });
  const yoga = createYoga<FieldContext>({
    schema,
    plugins: [
      limitQueries(settings.limits),
      persistedOperations(settings.persisted, settings.persistedOnly),
      errorCodes(log),
      ...(settings.introspection ? [] : [noIntrospection]),
      withoutDeadline,
    ],
    graphqlEndpoint: PATH,
    // What the gateway does for all doors, or what has to be asked for, is off here.
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: settings.limits.operations > 1 ? { limit: settings.limits.operations } : false,
    maxRequestBodySize: false,
    maskedErrors: { isDev: false },
    extraParamNames: ["documentId"],
    logging: { debug: tell("debug"), info: tell("debug"), warn: tell("warn"), error: tell("error") },
  });

  return async (exchange) => {
    const body = exchange.method === "POST" ? await readJson(exchange) : undefined;
    const context: FieldContext = {
      requestId: exchange.id,
      headers: exchange.headers,
      signal: exchange.signal,
      deadline: clock.now() + settings.requestTimeoutMs,
      batches: new Map(),
    };
    const url = exchange.queryText === "" ? ADDRESS : `${ADDRESS}?${exchange.queryText}`;
    const request = { method: exchange.method, headers: headersFor(exchange), signal: exchange.signal };
    const response = await yoga.fetch(url, body === undefined ? request : { ...request, body }, context);
    await answer(exchange, response);
  };
}

/** What a field might have been called is a part of the schema, too. */
const noIntrospection: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule(NoSchemaIntrospectionCustomRule);
    return ({ result, setResult }) => setResult([...result].map(withoutSuggestion));
  },
};

function withoutSuggestion(error: Error): Error {
  if (!(error instanceof GraphQLError)) return error;
  const { nodes, extensions } = error;
  return new GraphQLError(error.message.replace(/ Did you mean .*\?$/s, ""), { nodes, extensions });
}

/** A subscription goes on for as long as somebody listens. */
const withoutDeadline: Plugin<FieldContext> = {
  onSubscribe({ args }) {
    args.contextValue.deadline = Infinity;
  },
};

/** Other types than JSON can be sent by any web page without the browser asking first. */
async function readJson(exchange: Exchange): Promise<string> {
  const type =
    String(exchange.headers["content-type"] ?? "")
      .split(";")[0]
      ?.trim()
      .toLowerCase() ?? "";
  if (type !== "application/json") {
    throw new PortolanError("PORTOLAN_MEDIA_TYPE", `the body's Content-Type is "${type}"; expected application/json`);
  }
  return (await exchange.readBody()).toString();
}

function headersFor(exchange: Exchange): Record<string, string> {
  const names = ["accept", "content-type"];
  return Object.fromEntries(
    names.flatMap((name) => (exchange.headers[name] === undefined ? [] : [[name, String(exchange.headers[name])]])),
  );
}

async function answer(exchange: Exchange, response: Response): Promise<void> {
  const headers = Object.fromEntries(response.headers);
  delete headers["content-length"];
  if (response.body !== null && response.headers.get("content-type")?.startsWith("text/event-stream") === true)
    return stream(exchange, response);
  exchange.reply(response.status, headers, new Uint8Array(await response.arrayBuffer()));
}

/** Server-sent events, for as long as somebody listens. */
async function stream(exchange: Exchange, { status, body }: Response): Promise<void> {
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", "x-accel-buffering": "no" };
  if (body !== null) await exchange.replyStream(status, headers, chunksOf(body, exchange.signal));
}

async function* chunksOf(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const reader = body.getReader();
  const leave = () => void reader.cancel(signal.reason);
  if (signal.aborted) return leave();
  signal.addEventListener("abort", leave);
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    signal.removeEventListener("abort", leave);
    await reader.cancel();
  }
}
