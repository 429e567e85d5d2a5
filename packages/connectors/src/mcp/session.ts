import { PortolanError, type Clock } from "@portolan/core";
import type { HttpAnswer } from "../http-call.ts";
import type { SendHttp } from "../http/outgoing.ts";
import { errorOfStatus } from "../remote-error.ts";
import type { Json } from "./json-rpc.ts";
import { errorOfRpc, readAnswer } from "./rpc-answer.ts";
import { VERSIONS } from "./versions.ts";

/** The talk with one MCP server over streamable HTTP. It begins with the first request, and anew when the server has forgotten it. */
export interface Session {
  /** The result of a request. Throws a PortolanError for a refusal, and for an answer that cannot be read. */
  request(method: string, params: Json, signal?: AbortSignal): Promise<Json>;
  close(): Promise<void>;
}

interface SessionParts {
  readonly send: SendHttp;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly clock: Clock;
}

/** What was agreed on at the beginning. */
interface Agreed {
  readonly version: string;
  /** Left out by servers that keep nothing. */
  readonly id: string | undefined;
}

const CLIENT = { name: "portolan", version: "0.1.0" };

export function createSession({ send, url, headers, endpoint, clock }: SessionParts): Session {
  let beginning: Promise<Agreed> | undefined;
  let lastId = 0;

  const post = (message: Json, agreed: Agreed | undefined, signal?: AbortSignal): Promise<HttpAnswer> =>
    send(
      {
        method: "POST",
        base: url.origin,
        path: url.pathname + url.search,
        headers: { ...headers, accept: "application/json, text/event-stream", "content-type": "application/json", ...headersOf(agreed) },
        body: Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message })),
        endpoint,
      },
      signal,
    );

  const ask = async (method: string, params: Json, { agreed, signal }: { agreed?: Agreed; signal?: AbortSignal | undefined } = {}) => {
    const id = ++lastId;
    const answer = await post({ id, method, params }, agreed, signal);
    return { answer, rpc: readAnswer(answer, id) };
  };

  const resultOf = ({ answer, rpc }: Awaited<ReturnType<typeof ask>>): Json => {
    if (rpc !== undefined && "error" in rpc && (answer.status < 500 || answer.status > 599)) throw errorOfRpc(rpc.error, endpoint);
    if (answer.status < 200 || answer.status > 299) throw errorOfStatus(answer, endpoint, clock.now());
    if (rpc !== undefined && "result" in rpc) return rpc.result;
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint} answered with nothing that belongs to the request`, {
      endpoint,
      hint: "the URL has to be that of an MCP server over streamable HTTP",
    });
  };

  const begin = async (): Promise<Agreed> => {
    const asked = await ask("initialize", { protocolVersion: VERSIONS[0], capabilities: {}, clientInfo: CLIENT });
    const version = resultOf(asked)["protocolVersion"];
    if (typeof version !== "string" || !VERSIONS.includes(version))
      throw new PortolanError(
        "PORTOLAN_REMOTE_REJECTED",
        `${endpoint} speaks version ${String(version)} of MCP; expected one of ${VERSIONS.join(", ")}`,
        { endpoint },
      );
    const id = asked.answer.headers["mcp-session-id"];
    const agreed = { version, id: typeof id === "string" ? id : undefined };
    const told = await post({ method: "notifications/initialized" }, agreed);
    if (told.status > 299) throw errorOfStatus(told, endpoint, clock.now());
    return agreed;
  };

  const begun = (): Promise<Agreed> => {
    // Nobody's signal: whoever else waits for the beginning still wants it. One that failed is made anew by the next request.
    beginning ??= begin().catch((error: unknown) => {
      beginning = undefined;
      throw error;
    });
    return beginning;
  };

  return {
    async request(method, params, signal) {
      const own = begun();
      const agreed = await own;
      const asked = await ask(method, params, { agreed, signal });
      if (asked.answer.status !== 404 || agreed.id === undefined) return resultOf(asked);
      // The server has forgotten the session, such as by a restart.
      if (beginning === own) beginning = undefined;
      return resultOf(await ask(method, params, { agreed: await begun(), signal }));
    },
    async close() {
      const agreed = await beginning?.catch(() => undefined);
      if (agreed?.id === undefined) return;
      const leave = {
        method: "DELETE",
        base: url.origin,
        path: url.pathname + url.search,
        headers: { ...headers, ...headersOf(agreed) },
        body: null,
        endpoint,
      };
      // A server that does not let sessions be ended ends them by itself.
      await send(leave).catch(() => undefined);
    },
  };
}

function headersOf(agreed: Agreed | undefined): Readonly<Record<string, string>> {
  if (agreed === undefined) return {};
  return { "mcp-protocol-version": agreed.version, ...(agreed.id === undefined ? {} : { "mcp-session-id": agreed.id }) };
}
