import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { fromJsonSchema, McpServer, ResourceTemplate, WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { createMessage, type HeaderValue, type Message, type TargetRef } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createVirtualClock, openTarget } from "@portolan/testkit";
import { expect, expectTypeOf, test } from "vitest";
import { mcp, mcpConnector } from "./index.ts";

const schema = (properties: Record<string, { readonly type: "integer" }>) =>
  fromJsonSchema<Record<string, unknown>>({ type: "object", properties, required: Object.keys(properties) });

/** A server of the protocol's own SDK. */
function shop(): McpServer {
  const server = new McpServer({ name: "shop", version: "1" });
  const input = schema({ id: { type: "integer" } });
  server.registerTool("get", { inputSchema: input, outputSchema: schema({ id: { type: "integer" } }) }, ({ id }) => ({
    content: [{ type: "text", text: JSON.stringify({ id }) }],
    structuredContent: { id },
  }));
  server.registerTool("say", {}, () => ({ content: [{ type: "text", text: "hello" }] }));
  server.registerTool("draw", {}, () => ({
    content: [{ type: "image", mimeType: "image/png", data: Buffer.from("png").toString("base64") }],
  }));
  server.registerTool("many", {}, () => ({
    content: [
      { type: "text", text: "a" },
      { type: "text", text: "b" },
    ],
  }));
  server.registerTool("key", {}, (context) => ({ content: [{ type: "text", text: JSON.stringify(context.mcpReq._meta) }] }));
  server.registerTool("fail", {}, () => ({ content: [{ type: "text", text: "no such\nproduct" }], isError: true }));
  server.registerTool("busy", {}, () => ({
    content: [{ type: "text", text: "later" }],
    structuredContent: { kind: "transient" },
    isError: true,
  }));
  server.registerResource("order", new ResourceTemplate("orders://{id}", { list: undefined }), {}, (uri, { id }) => ({
    contents: [{ uri: uri.href, mimeType: "application/json", text: JSON.stringify({ id }) }],
  }));
  server.registerResource("logo", "shop://logo", {}, (uri) => ({
    contents: [{ uri: uri.href, mimeType: "image/png", blob: Buffer.from("png").toString("base64") }],
  }));
  server.registerResource("note", "shop://note", {}, (uri) => ({ contents: [{ uri: uri.href, mimeType: "text/plain", text: "1" }] }));
  return server;
}

interface Setting {
  readonly isStateful?: boolean;
  readonly enableJsonResponse?: boolean;
}

async function listen({ isStateful = true, enableJsonResponse = false }: Setting = {}) {
  const got: { readonly method: string; readonly rpc: string; readonly headers: IncomingHttpHeaders }[] = [];
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const transportFor = async (id: string | undefined) => {
    const known = id === undefined ? undefined : sessions.get(id);
    if (known !== undefined) return known;
    const transport = new WebStandardStreamableHTTPServerTransport({
      enableJsonResponse,
      ...(isStateful
        ? { sessionIdGenerator: () => crypto.randomUUID(), onsessioninitialized: (made) => void sessions.set(made, transport) }
        : {}),
    });
    await shop().connect(transport);
    return transport;
  };
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      got.push({
        method: String(request.method),
        rpc: text === "" ? "" : String((JSON.parse(text) as { method: string }).method),
        headers: request.headers,
      });
      const id = request.headers["mcp-session-id"];
      const transport =
        typeof id === "string" && !sessions.has(id) ? undefined : await transportFor(typeof id === "string" ? id : undefined);
      if (transport === undefined) return response.writeHead(404).end("no such session");
      const init = {
        method: String(request.method),
        headers: request.headers as Record<string, string>,
        ...(text === "" ? {} : { body: text }),
      };
      const answer = await transport.handleRequest(new Request(`http://127.0.0.1${request.url}`, init));
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      for await (const chunk of answer.body ?? []) response.write(chunk);
      return response.end();
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    got,
    sessions,
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function client(url: string, options: object) {
  const services = { ...createFormats(), directory: "." };
  const target = await openTarget(mcpConnector, { url, ...options }, { clock: createVirtualClock(), services });
  return {
    send: (body: unknown, headers: Record<string, HeaderValue> = {}) =>
      target.send(createMessage("m1", body, headers), { mode: "call", key: "m1/ask/0" }),
    close: () => target.close(),
    [Symbol.asyncDispose]: () => target.close(),
  };
}

const body = async (url: string, options: object, message: unknown = {}) => {
  await using target = await client(url, options);
  return (await target.send(message))?.body;
};

test.each([[{}], [{ enableJsonResponse: true }], [{ isStateful: false }], [{ isStateful: false, enableJsonResponse: true }]])(
  "tools of a server are called, and resources read: %j",
  async (setting) => {
    await using server = await listen(setting);
    expect(await body(server.url, { tool: "get" }, { id: 7 })).toEqual({ id: 7 });
    expect(await body(server.url, { tool: "get", arguments: (m: Message<string>) => ({ id: Number(m.body) }) }, "8")).toEqual({ id: 8 });
    expect(await body(server.url, { tool: "say" }, null)).toBe("hello");
    expect(await body(server.url, { tool: "draw" })).toEqual(Buffer.from("png"));
    expect(await body(server.url, { tool: "many" })).toMatchObject([{ text: "a" }, { text: "b" }]);
    expect(JSON.parse(String(await body(server.url, { tool: "key" })))).toMatchObject({ "idempotency-key": "m1/ask/0" });
    expect(await body(server.url, { resource: "orders://{id}" }, { id: 9 })).toEqual({ id: "9" });
    expect(await body(server.url, { resource: "shop://logo" })).toEqual(Buffer.from("png"));
    expect(await body(server.url, { resource: "shop://note" })).toBe("1");
  },
);

test("what the server says no to is rejected, and what it says may work later is transient", async () => {
  await using server = await listen();
  const refused = (options: object, message: unknown = {}) => body(server.url, options, message).catch((error: unknown) => error);
  const rejected = { code: "PORTOLAN_REMOTE_REJECTED", kind: "rejected", endpoint: expect.stringContaining("MCP ") };
  expect(await refused({ tool: "fail" })).toMatchObject({ ...rejected, message: expect.stringContaining("failed: no such product") });
  expect(await refused({ tool: "busy" })).toMatchObject({ code: "PORTOLAN_REMOTE_FAILED", kind: "transient" });
  expect(await refused({ tool: "nothing" })).toMatchObject(rejected);
  expect(await refused({ tool: "get" }, { id: "x" })).toMatchObject(rejected);
  expect(await refused({ resource: "shop://nothing" })).toMatchObject(rejected);
  expect(await refused({ tool: "get" }, [7])).toMatchObject({ code: "PORTOLAN_CONTRACT_FAILED", endpoint: undefined });
  expect(await refused({ resource: "orders://{id}" })).toMatchObject({ code: "PORTOLAN_ADDRESS_EMPTY" });
});

test("a session is begun once, begun anew when the server has forgotten it, and ended", async () => {
  await using server = await listen();
  const target = await client(server.url, { tool: "get", secretHeaders: { "X-Key": "k" } });
  await Promise.all([target.send({ id: 1 }), target.send({ id: 2 })]);
  expect(server.got.map(({ rpc }) => rpc)).toEqual(["initialize", "notifications/initialized", "tools/call", "tools/call"]);
  expect(server.got.at(-1)?.headers).toMatchObject({
    "mcp-protocol-version": "2025-11-25",
    "mcp-session-id": expect.any(String),
    "x-key": "k",
  });
  server.sessions.clear();
  expect(await target.send({ id: 3 })).toMatchObject({ body: { id: 3 } });
  await target.close();
  expect(server.got.at(-1)).toMatchObject({ method: "DELETE" });
});

test("what is no server of the protocol says so", async () => {
  const answers = {
    "/html": [200, "text/html", "<p>"],
    "/old": [200, "application/json", '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"1999-01-01"}}'],
    "/down": [503, "text/plain", "later"],
  } as const;
  const server = createServer((request, response) => {
    const [status, type, text] = answers[request.url as keyof typeof answers];
    response.writeHead(status, { "content-type": type }).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const at = (path: string) => body(`http://127.0.0.1:${port}${path}`, { tool: "a" });
  await expect(at("/html")).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID", hint: expect.stringContaining("streamable HTTP") });
  await expect(at("/old")).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_REJECTED", message: expect.stringContaining("1999-01-01") });
  await expect(at("/down")).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_FAILED" });
  server.closeAllConnections();
  server.close();
  await expect(at("/html")).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
});

test.each([
  [{ url: "https://a/mcp" }, "either calls a tool or reads a resource"],
  [{ url: "https://a/mcp", tool: "a", resource: "b://c" }, "either calls a tool or reads a resource"],
  [{ url: "a", tool: "a" }, "no absolute http or https URL"],
  [{ url: "https://me:secret@a", tool: "a" }, "credentials belong into auth"],
  [{ url: "https://a", resource: "orders" }, "no URI of a resource"],
  [{ url: "https://a", resource: "b://c", arguments: "x" }, "arguments are of tools"],
  [{ url: "https://a", tool: "a", headers: { "Mcp-Session-Id": "1" } }, "set by the client itself"],
  [{ url: "https://a", tool: "a", auth: { username: "me" } }, "belong together"],
])("the options %j are refused: %s", async ({ url, ...options }, why) => {
  await expect(client(url, options)).rejects.toThrow(why);
});

test("clients have the types of their messages and replies", () => {
  const call = mcp.call<{ text: string }, { hits: number }>({ url: "https://a/mcp", tool: "search", system: "shop", auth: "t" });
  expect(call).toMatchObject({ mcp: { url: "https://a/mcp", tool: "search", auth: "t" }, system: "shop" });
  expectTypeOf(call).toEqualTypeOf<TargetRef<{ text: string }, { hits: number }>>();
  expectTypeOf(mcp.read({ url: "https://a/mcp", resource: "a://b" })).toEqualTypeOf<TargetRef<unknown, unknown>>();
  const wrong = [
    // @ts-expect-error a call names its tool
    mcp.call({ url: "https://a/mcp" }),
    // @ts-expect-error a resource has no arguments
    mcp.read({ url: "https://a/mcp", resource: "a://b", arguments: "x" }),
    // @ts-expect-error there is one server
    mcp.call({ url: "https://a/mcp", tool: "a", servers: ["https://b"] }),
    // @ts-expect-error a door has a path and no URL
    mcp.tool("a", { url: "https://a/mcp" }),
    // @ts-expect-error hints are of tools
    mcp.resource("a://b", { hints: {} }),
  ];
  expect(wrong).toHaveLength(5);
});
