import { PortolanError, describeValue, header, isRecord, type Message, type RunningTarget, type TargetContext } from "@portolan/core";
import { createInFlight } from "@portolan/gateway";
import { authOf } from "../http/auth.ts";
import { openConnection } from "../http/connection.ts";
import type { ClientOptions } from "./client-options.ts";
import type { Json } from "./json-rpc.ts";
import { replyOfResource, replyOfTool } from "./received-result.ts";
import { errorOfTool } from "./rpc-answer.ts";
import { createSession } from "./session.ts";

/** A client of one tool, or of one resource, of an MCP server. */
export async function openClient(options: ClientOptions, context: TargetContext): Promise<RunningTarget> {
  const { tool, resource = "", arguments: given } = options;
  const url = new URL(options.url);
  const endpoint = `MCP ${tool === undefined ? `resource ${resource}` : `tool ${tool}`} at ${url.origin}${url.pathname}`;
  const headers = { ...lowerCase(options.headers), ...lowerCase(options.secretHeaders ?? {}) };
  const way = { servers: [url.origin], authorizations: authOf(options.auth), headers };
  const connection = await openConnection(options, way, context);
  const session = createSession({ send: connection.send, url, headers, endpoint, clock: context.clock });
  const argumentsOf = given === undefined ? ({ body }: Message) => body : context.expression(given);
  const inFlight = createInFlight();
  let closed: Promise<void> | undefined;

  const call = async (name: string, message: Message, { key, signal }: { key: string; signal: AbortSignal | undefined }) => {
    const params = { name, arguments: asArguments(await argumentsOf(message), endpoint), _meta: { "idempotency-key": key } };
    const result = await session.request("tools/call", params, signal);
    if (result["isError"] === true) throw errorOfTool(result, endpoint);
    return replyOfTool(result);
  };
  const read = async (message: Message, signal: AbortSignal | undefined) =>
    replyOfResource(
      await session.request("resources/read", { uri: uriFor(resource, message, endpoint) }, signal),
      context.services,
      endpoint,
    );

  return {
    async send(message, { mode, key, signal }) {
      inFlight.enter();
      try {
        const reply = tool === undefined ? await read(message, signal) : await call(tool, message, { key, signal });
        return mode === "call" ? reply : undefined;
      } finally {
        inFlight.leave();
      }
    },
    close: () =>
      (closed ??= inFlight
        .close()
        .then(() => session.close())
        .then(() => connection.close())),
  };
}

function asArguments(value: unknown, endpoint: string): Json {
  if (value === undefined || value === null) return {};
  if (isRecord(value) && !(value instanceof Uint8Array)) return value;
  throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `${endpoint}: expected an object as arguments, found ${describeValue(value)}`, {
    hint: "map the body to an object before the call, or say what the arguments are",
  });
}

function uriFor(template: string, message: Message, endpoint: string): string {
  return template.replaceAll(/\{([^{}]*)\}/g, (_whole, name: string) => {
    const { body, headers } = message;
    const value = (isRecord(body) && Object.hasOwn(body, name) ? body[name] : undefined) ?? header(headers, name);
    if ((typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean")
      return encodeURIComponent(String(value).toWellFormed());
    throw new PortolanError(
      "PORTOLAN_ADDRESS_EMPTY",
      `${endpoint}: expected a text or a number for {${name}}, found ${describeValue(value)}`,
    );
  });
}

function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
