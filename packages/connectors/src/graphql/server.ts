import type { GraphQLSchema } from "graphql";
import { createYoga } from "graphql-yoga";
import { PortolanError, type Logger } from "@portolan/core";
import type { Exchange } from "@portolan/gateway";
import type { FieldContext } from "./field.ts";
import { limitQueries, type QueryLimits } from "./query-limits.ts";

export type Server = (exchange: Exchange) => Promise<void>;

/** The server sees one address, wherever the gateway has mounted it. */
const PATH = "/graphql";
const ADDRESS = `http://localhost${PATH}`;

/** Answers the requests of a gateway with a schema: GraphQL over HTTP, as its specification has it. */
export function createServer(schema: GraphQLSchema, limits: QueryLimits, log: Logger): Server {
  const tell = (level: "debug" | "warn" | "error") => (text: unknown) => log.log(level, "the GraphQL server says", { text: String(text) });
  const yoga = createYoga<FieldContext>({
    schema,
    plugins: [limitQueries(limits)],
    graphqlEndpoint: PATH,
    // What the gateway does for all doors, or what has to be asked for, is off here.
    graphiql: false,
    landingPage: false,
    cors: false,
    multipart: false,
    batching: false,
    maxRequestBodySize: false,
    logging: { debug: tell("debug"), info: tell("debug"), warn: tell("warn"), error: tell("error") },
  });

  return async (exchange) => {
    const body = exchange.method === "POST" ? await readJson(exchange) : undefined;
    const context: FieldContext = { requestId: exchange.id, headers: exchange.headers, signal: exchange.signal };
    const url = exchange.queryText === "" ? ADDRESS : `${ADDRESS}?${exchange.queryText}`;
    const request = { method: exchange.method, headers: headersFor(exchange), signal: exchange.signal };
    const response = await yoga.fetch(url, body === undefined ? request : { ...request, body }, context);
    await answer(exchange, response);
  };
}

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
  exchange.reply(response.status, headers, new Uint8Array(await response.arrayBuffer()));
}
