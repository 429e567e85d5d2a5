import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  createMessage,
  PortolanError,
  silentLogger,
  type Clock,
  type ContractCheck,
  type Incoming,
  type Message,
  type SourceContext,
} from "@portolan/core";
import { createContracts, createFormats } from "@portolan/formats";
import { createHttpHost, createPolicies, type HttpHost } from "@portolan/gateway";
import { describe, expect, it } from "vitest";
import { mcpConnector } from "./index.ts";

const formats = createFormats();
const contracts = createContracts({ directory: import.meta.dirname });

function contract(properties: Readonly<Record<string, object>>): ContractCheck {
  return contracts.compile({ jsonSchema: { type: "object", properties, required: Object.keys(properties) } });
}

interface Setting {
  readonly options: Readonly<Record<string, unknown>>;
  readonly deliver?: (incoming: Incoming, signal?: AbortSignal) => Message | Promise<Message | undefined> | undefined;
  readonly input?: ContractCheck;
  readonly output?: ContractCheck;
}

const STANDING: Clock = { now: () => 0, after: () => ({ cancel() {} }) };
const DEFAULTS = { path: "/mcp", keepMeta: ["idempotency-key"], origins: [] };
const echo = ({ body }: Incoming) => createMessage("m1", body, {});

async function openDoor(host: HttpHost, { options, deliver = echo, input, output }: Setting) {
  const context: SourceContext = {
    route: "test",
    name: "test/mcp",
    deliver: async (incoming, delivery) => deliver(incoming, delivery?.signal),
    position: async () => undefined,
    clock: STANDING,
    random: { next: () => 0.5 },
    log: silentLogger,
    input,
    output,
    services: { format: formats.format, formatFor: formats.formatFor, http: host, directory: import.meta.dirname },
  };
  const door = await mcpConnector.source?.open({ ...DEFAULTS, ...options }, context);
  if (door === undefined) throw new Error("the connector has no source");
  return door;
}

/** Doors of one endpoint, and the protocol's own client connected to it. */
async function connect(...settings: readonly Setting[]) {
  const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock: STANDING }) });
  const doors = [];
  for (const setting of settings) doors.push(await openDoor(host, setting));
  const { origin } = await host.listen();
  const client = new Client({ name: "test", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${origin}/mcp`)));
  return {
    client,
    doors,
    url: `${origin}/mcp`,
    async [Symbol.asyncDispose]() {
      await client.close();
      await host.close({ deadlineMs: 0 });
    },
  };
}

function post(url: string, body: string, headers: Readonly<Record<string, string>> = {}) {
  return fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
}

describe("a tool", () => {
  it("is listed with the contracts of its route, and answers with the route's result as structured content", async () => {
    const input = contract({ item: { type: "string" }, quantity: { type: "integer" } });
    const output = contract({ id: { type: "string" } });
    const received: Incoming[] = [];
    const deliver = (incoming: Incoming) => {
      received.push(incoming);
      return createMessage("m1", { id: "o-1" }, {});
    };
    const options = { tool: "placeOrder", description: "Places an order.", hints: { destructive: false, idempotent: true } };
    await using scene = await connect({ options, input, output, deliver });
    expect((await scene.client.listTools()).tools).toEqual([
      {
        name: "placeOrder",
        description: "Places an order.",
        inputSchema: input.jsonSchema,
        outputSchema: output.jsonSchema,
        annotations: { destructiveHint: false, idempotentHint: true },
      },
    ]);
    const meta = { "idempotency-key": "k1", authorization: "secret" };
    const result = await scene.client.callTool({ name: "placeOrder", arguments: { item: "rope", quantity: 2 }, _meta: meta });
    expect(result).toEqual({ content: [{ type: "text", text: '{"id":"o-1"}' }], structuredContent: { id: "o-1" } });
    expect(received).toEqual([{ body: { item: "rope", quantity: 2 }, headers: { "idempotency-key": "k1" } }]);
  });

  it("answers texts, lists and bytes as content", async () => {
    const answers = [["a", 1], "plain", Uint8Array.of(1, 2)];
    const deliver = () => createMessage("m1", answers.shift(), { "content-type": "image/png" });
    await using scene = await connect({ options: { tool: "next" }, deliver });
    const next = async () => (await scene.client.callTool({ name: "next" })).content;
    expect(await next()).toEqual([{ type: "text", text: '["a",1]' }]);
    expect(await next()).toEqual([{ type: "text", text: "plain" }]);
    expect(await next()).toEqual([{ type: "image", mimeType: "image/png", data: "AQI=" }]);
  });

  it.each([
    [new PortolanError("PORTOLAN_REMOTE_FAILED", "erp said 503", { endpoint: "erp" }), "transient", "erp"],
    [new PortolanError("PORTOLAN_VALIDATION_FAILED", "quantity is 0"), "invalid", undefined],
    [new PortolanError("PORTOLAN_REMOTE_REJECTED", "erp said 409", { endpoint: "erp" }), "rejected", "erp"],
    [new PortolanError("PORTOLAN_THROWN", "a secret of the code", { kind: "defect" }), "defect", "secret"],
  ])("tells the agent the kind of an error, and nothing of what is behind it: %s", async (error, kind, hidden) => {
    const deliver = () => {
      throw error;
    };
    await using scene = await connect({ options: { tool: "fail" }, deliver });
    const result = await scene.client.callTool({ name: "fail" });
    expect(result).toMatchObject({ isError: true, structuredContent: { kind } });
    if (hidden === undefined) expect(JSON.stringify(result)).toContain(error.message);
    else expect(JSON.stringify(result)).not.toContain(hidden);
  });

  it("says which argument breaks the contract, and takes a broken result for a fault of this side", async () => {
    const input = contract({ quantity: { type: "integer" } });
    const finding = { path: "quantity", message: "is a text, expected a number" };
    const deliver = () => {
      throw new PortolanError("PORTOLAN_CONTRACT_FAILED", "quantity is a text", { findings: [finding] });
    };
    await using scene = await connect({ options: { tool: "placeOrder" }, input, deliver });
    const call = (quantity: unknown) => scene.client.callTool({ name: "placeOrder", arguments: { quantity } });
    expect(await call("many")).toMatchObject({ structuredContent: { kind: "invalid", errors: [{ pointer: "#/quantity" }] } });
    expect(await call(1)).toMatchObject({ isError: true, structuredContent: { kind: "defect" } });
  });

  it("takes a result with a status of failure for an error, as where the same route answers by HTTP", async () => {
    const deliver = () => createMessage("m1", { title: "There is no such order." }, { "http-status": 404 });
    await using scene = await connect({ options: { tool: "getOrder" }, deliver });
    expect(await scene.client.callTool({ name: "getOrder" })).toMatchObject({
      isError: true,
      structuredContent: { title: "There is no such order." },
    });
  });

  it("is told when its caller goes away", async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: told, resolve: tell } = Promise.withResolvers<void>();
    const deliver = (_: Incoming, signal?: AbortSignal) => {
      signal?.addEventListener("abort", () => tell());
      begin();
      return told.then(() => undefined);
    };
    await using scene = await connect({ options: { tool: "wait" }, deliver });
    const caller = new AbortController();
    const request = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "wait" } };
    const called = fetch(scene.url, { method: "POST", body: JSON.stringify(request), signal: caller.signal });
    await begun;
    caller.abort();
    await expect(called).rejects.toMatchObject({ name: "AbortError" });
    await told;
  });

  it("whose route takes no object is refused at start", async () => {
    await using host = createHttpHost({ port: 0, log: silentLogger });
    const input = contracts.compile({ jsonSchema: { type: "array" } });
    await expect(openDoor(host, { options: { tool: "list" }, input })).rejects.toMatchObject({
      code: "PORTOLAN_CONFIG_INVALID",
      message: 'route test: the arguments of a tool are an object, and the route\'s input is of type "array"',
    });
  });
});

describe("a resource", () => {
  it("is listed, by its URI or as a template, and read with its placeholders as the body", async () => {
    const today = { options: { resource: "orders://today", description: "What came today." }, deliver: () => createMessage("m1", [1], {}) };
    await using scene = await connect({ options: { resource: "orders://{id}" } }, today);
    expect((await scene.client.listResources()).resources).toEqual([
      { name: "test", description: "What came today.", uri: "orders://today" },
    ]);
    expect((await scene.client.listResourceTemplates()).resourceTemplates).toEqual([{ name: "test", uriTemplate: "orders://{id}" }]);
    const read = async (uri: string) => (await scene.client.readResource({ uri })).contents;
    expect(await read("orders://o%201")).toEqual([{ uri: "orders://o%201", mimeType: "application/json", text: '{"id":"o 1"}' }]);
    expect(await read("orders://today")).toEqual([{ uri: "orders://today", mimeType: "application/json", text: "[1]" }]);
  });

  it("that is not there is said to be so, whoever finds out", async () => {
    const missing = () => createMessage("m1", { title: "no" }, { "http-status": 404 });
    await using scene = await connect({ options: { resource: "orders://{id}" }, deliver: missing });
    for (const uri of ["orders://1", "orders://1/lines", "other://1", "orders://%ff"])
      await expect(scene.client.readResource({ uri })).rejects.toMatchObject({ code: -32_602, data: { uri } });
  });

  it("that a route does not find is said not to be there", async () => {
    const deliver = () => Promise.reject(new PortolanError("PORTOLAN_NOT_FOUND", "there is no order 1"));
    await using scene = await connect({ options: { resource: "orders://{id}" }, deliver });
    await expect(scene.client.readResource({ uri: "orders://1" })).rejects.toMatchObject({ code: -32_602, data: { uri: "orders://1" } });
  });
});

describe("an endpoint", () => {
  it("is shared by the doors of its path, and gone with the last of them", async () => {
    await using scene = await connect({ options: { tool: "a" } }, { options: { tool: "b" } });
    const names = async () => (await scene.client.listTools()).tools.map(({ name }) => name);
    expect(await names()).toEqual(["a", "b"]);
    await scene.doors[0]?.close();
    expect(await names()).toEqual(["b"]);
    await scene.doors[1]?.close();
    expect((await post(scene.url, "{}")).status).toBe(404);
  });

  it("has one tool of a name", async () => {
    await using host = createHttpHost({ port: 0, log: silentLogger });
    await openDoor(host, { options: { tool: "a" } });
    await expect(openDoor(host, { options: { tool: "a" } })).rejects.toThrow("the endpoint /mcp already has the tool a");
    await openDoor(host, { options: { tool: "a", path: "/other" } });
  });

  it.each([
    ["{", 400, -32_700],
    ["[]", 400, -32_600],
    ["null", 400, -32_600],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', 400, -32_600],
    ['{"jsonrpc":"2.0","id":1,"method":"unknown"}', 200, -32_601],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"none"}}', 200, -32_602],
    ['{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":[]}}', 200, -32_602],
  ])("answers %s in the protocol's own words, and no route sees it", async (body, status, code) => {
    const deliver = () => {
      throw new Error("a route was reached");
    };
    await using scene = await connect({ options: { tool: "a" }, deliver });
    const answer = await post(scene.url, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ jsonrpc: "2.0", error: { code } });
  });

  it("refuses pages of strangers, versions that it does not speak, and bodies beyond the host's limit", async () => {
    await using scene = await connect({ options: { tool: "a", origins: ["https://agents.example"] } });
    const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
    const status = async (headers: Readonly<Record<string, string>>) => (await post(scene.url, ping, headers)).status;
    expect(await status({ origin: "https://stranger.example" })).toBe(403);
    expect(await status({ origin: "https://agents.example" })).toBe(200);
    expect(await status({ origin: "http://localhost:6274" })).toBe(200);
    expect(await status({ "mcp-protocol-version": "1999-01-01" })).toBe(400);
    expect((await post(scene.url, `"${"x".repeat(1024 ** 2)}"`)).status).toBe(413);
    expect((await fetch(scene.url)).status).toBe(405);
  });
});

describe("policies of an endpoint", () => {
  const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  const limited = (tool: string, requests: number) => ({ options: { tool, policies: { rateLimit: { requests, per: 60_000 } } } });

  it("hold for all its doors, and refuse in the words of JSON-RPC", async () => {
    const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock: STANDING }) });
    await using _host = host;
    await openDoor(host, { options: { tool: "a" } });
    await openDoor(host, limited("b", 1));
    const url = `${(await host.listen()).origin}/mcp`;
    expect((await post(url, ping)).status).toBe(200);
    const refused = await post(url, ping);
    expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("content-type")]).toEqual([
      429,
      "60",
      "application/json",
    ]);
    expect(await refused.json()).toMatchObject({
      jsonrpc: "2.0",
      id: null,
      error: { code: -32_000, data: { status: 429, code: "PORTOLAN_THROTTLED" } },
    });
  });

  it("are the same for all its doors", async () => {
    const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock: STANDING }) });
    await openDoor(host, limited("a", 1));
    await openDoor(host, limited("b", 1));
    await expect(openDoor(host, limited("c", 2))).rejects.toThrow("another door of mcp /mcp has other policies");
  });
});

it("options that make no door are told", () => {
  const faults = (options: object) => mcpConnector.source?.check?.({ ...DEFAULTS, ...options });
  expect(faults({})).toEqual(["a door is either a tool or a resource"]);
  expect(faults({ tool: "place order" })).toEqual([
    '"place order" is no name of a tool: expected 1 to 128 letters, digits, "_", "-" or "."',
  ]);
  expect(faults({ resource: "orders" })).toEqual(['"orders" is no URI of a resource: expected a scheme, as in orders://today']);
  expect(faults({ resource: "o://{a}/{a}" })).toEqual(['"o://{a}/{a}" is no URI of a resource: the placeholder {a} occurs twice']);
  expect(faults({ resource: "o://{a" })).toEqual(['"o://{a" is no URI of a resource: a brace is not closed or not opened']);
  expect(faults({ tool: "a", path: "/:x" })).toEqual(["the path /:x has parameters, and an endpoint is one place"]);
  expect(faults({ resource: "o://a", hints: {} })).toEqual(["hints are of tools; a resource is only read"]);
});
