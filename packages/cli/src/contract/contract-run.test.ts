import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createTemporaryFolder } from "@portolan/testkit";
import { testContract } from "@portolan/testkit/contract";
import { expect, test } from "vitest";
import { command } from "../io.test.support.ts";

const SHOP = `
openapi: 3.1.0
info: { title: Shop, version: "1" }
servers: [{ url: https://shop.example/v1 }]
paths:
  /orders:
    post:
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Order" } } } }
      responses:
        "201": { description: Placed., content: { application/json: { schema: { $ref: "#/components/schemas/Placed" } } } }
        "400": { description: Wrong., content: { application/problem+json: { schema: { type: object, required: [status, title] } } } }
        "415": { description: Unknown. }
    get:
      parameters: [{ name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 100 } }, { name: state, in: query, required: true, schema: { enum: [open, done] } }]
      responses: { "200": { description: All., content: { application/json: { schema: { type: array } } } }, "4XX": { description: Wrong. } }
  /orders/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        "200": { description: One., content: { application/json: { schema: { $ref: "#/components/schemas/Placed" } } } }
        "404": { description: None. }
components:
  schemas:
    Order:
      type: object
      required: [customer, total]
      properties: { customer: { type: string, minLength: 1 }, total: { type: number, minimum: 0 }, note: { type: string } }
    Placed: { type: object, required: [id, state], properties: { id: { type: string }, state: { enum: [open, done] } } }
`;

/** What the server does wrong, if anything. */
type Bug =
  | ""
  | "takes all"
  | "wrong status"
  | "wrong body"
  | "wrong type"
  | "odd input"
  | "cut body"
  | "no limit"
  | "any media type"
  | "wrong problem"
  | "refuses all"
  | "wrong state"
  | "hangs up"
  | "shut";

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: string;
}

/** A shop that does what its description says but for one bug. Nothing in it is ours. */
function shop(bug: Bug) {
  let count = 0;
  const send = (response: ServerResponse, status: number, body?: unknown, type = "application/json") =>
    response.writeHead(status, { "content-type": type }).end(body === undefined ? "" : JSON.stringify(body));
  const refuse = (response: ServerResponse) =>
    send(response, 400, { status: bug === "wrong problem" ? 422 : 400, title: "Wrong" }, "application/problem+json");

  const place = ({ request, response, body }: Asked) => {
    if (bug === "refuses all") return refuse(response);
    if (bug !== "any media type" && request.headers["content-type"] !== "application/json") return send(response, 415);
    let order: unknown;
    try {
      order = JSON.parse(body);
    } catch {
      if (bug === "any media type") order = { customer: "x", total: 1 };
      else return bug === "cut body" ? send(response, 500, {}) : refuse(response);
    }
    const {
      customer,
      total,
      note = "",
    } = (typeof order === "object" && order !== null && !Array.isArray(order) ? order : {}) as Readonly<Record<string, unknown>>;
    if (bug === "odd input" && typeof note === "string" && /[^ -~]/.test(note)) return send(response, 500, {});
    if (bug === "hangs up" && total === 0) return request.socket.destroy();
    const isGood = typeof customer === "string" && customer !== "" && typeof total === "number" && total >= 0 && typeof note === "string";
    if (!isGood && bug !== "takes all") return refuse(response);
    count += 1;
    if (bug === "wrong type") return response.writeHead(201, { "content-type": "text/html" }).end("<p>placed");
    return send(response, bug === "wrong status" ? 200 : 201, { id: bug === "wrong body" ? count : String(count), state: "open" });
  };
  const list = ({ response, url }: Asked) => {
    const limit = url.searchParams.get("limit");
    const isGood = limit === null || bug === "no limit" || (/^\d+$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 100);
    return isGood && /^(open|done)$/.test(url.searchParams.get("state") ?? "") ? send(response, 200, []) : send(response, 400);
  };
  return createServer((request, response) => {
    void text(request).then((body) => {
      const url = new URL(request.url ?? "", "http://shop");
      const asked = { request, response, url, body };
      if (bug === "shut" && request.headers.authorization !== "Bearer key") return send(response, 401);
      if (url.pathname === "/v1/orders") return request.method === "POST" ? place(asked) : list(asked);
      const id = Number(decodeURIComponent(url.pathname.slice("/v1/orders/".length)));
      return id >= 1 && id <= count
        ? send(response, 200, { id: String(id), state: bug === "wrong state" ? "gone" : "open" })
        : send(response, 404);
    });
  });
}

async function tested(bug: Bug, ...options: readonly string[]) {
  await using folder = await createTemporaryFolder();
  await folder.put("shop.yaml", SHOP);
  const server = shop(bug);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const outcome = await command(["test", "--contract", "shop.yaml", "--url", url, ...options], { directory: folder.root });
    return { ...outcome, stdout: outcome.stdout.replaceAll(url, "URL") };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("an API that does what its description says passes, and what it made is asked for by later requests", async () => {
  const { code, stdout, stderr } = await tested("");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ok POST \/orders: 50 valid \(50 × 201\), \d+ invalid \(\d+ × 400, \d+ × 415\)$/m);
  expect(stdout).toMatch(/^ok GET \/orders\/\{id\}: 50 valid \(\d+ × 200, \d+ × 404\), 0 invalid$/m);
  expect(stdout).toMatch(/^3 ok, 0 failed, 0 skipped \(seed 1\)$/m);
});

test.each<readonly [Bug, string, string]>([
  ["takes all", "FAIL POST /orders: answers 201 although customer is missing", `--data-binary '{"total":0}' 'URL/v1/orders'`],
  [
    "wrong status",
    "FAIL POST /orders: answers 200, which the contract does not have (it has 201, 400, 415)",
    `'{"customer":" ","total":0}'`,
  ],
  [
    "wrong body",
    "FAIL POST /orders: answers 201 with a body that breaks the contract: id: expected a text, found the number",
    "answer: 201",
  ],
  ["wrong type", "FAIL POST /orders: answers 201 with text/html; expected application/json", "answer: 201 <p>placed"],
  ["odd input", "FAIL POST /orders: answers 500\n", `"note":"`],
  ["cut body", "FAIL POST /orders: answers 500 although the body is cut off", `--data-binary '{"customer":" ","total":0' 'URL`],
  [
    "no limit",
    "FAIL GET /orders: answers 200 although the query parameter limit is 0, beyond the minimum 1",
    "curl -i 'URL/v1/orders?limit=0&state=open'",
  ],
  [
    "any media type",
    "FAIL POST /orders: answers 201 although the content type is application/x-not-in-the-contract",
    "-H 'content-type: application/x-not-in-the-contract'",
  ],
  ["wrong problem", "FAIL POST /orders: answers 400 with a problem that says 422 although", "answer: 400"],
  ["refuses all", "FAIL POST /orders: answers 400 to every request that follows the contract", "curl -i -X POST"],
  ["wrong state", "FAIL GET /orders/{id}: answers 200 with a body that breaks the contract: state:", "curl -i 'URL/v1/orders/1'"],
  ["hangs up", "FAIL POST /orders: breaks off", `'{"customer":" ","total":0}'`],
])("an API that %s fails, with the smallest request that shows it", async (bug, failure, shown) => {
  const { code, stdout } = await tested(bug);
  expect(code).toBe(1);
  expect(stdout).toContain(failure);
  expect(stdout).toContain(shown);
});

test("the same seed makes the same requests", async () => {
  const [first, again, other] = [
    await tested("takes all", "--seed", "5"),
    await tested("takes all", "--seed", "5"),
    await tested("takes all", "--seed", "6", "--runs", "10"),
  ];
  expect(again).toEqual(first);
  expect(other.stdout).toContain("(seed 6)");
});

test("an API that lets nobody in is not tested, unless credentials are given", async () => {
  expect((await tested("shut")).stdout).toContain("skip POST /orders: every request was refused with 401");
  expect((await tested("shut", "--header", "Authorization: Bearer key")).stdout).toContain("3 ok, 0 failed");
});

const APP = `
systems: { erp: { title: ERP } }
routes:
  place:
    input: { type: object, required: [id], properties: { id: { type: string, minLength: 1 }, total: { type: number } } }
    output: { type: object, required: [order], properties: { order: { type: string } } }
    from: [{ rest: { post: /orders, status: 201, policies: { rateLimit: { requests: 1, per: 1h } } } }]
    steps:
      - to: { rest: { post: "\${ERP_URL}/orders" }, system: erp }
      - map: '{ "order": MAPPED }'
  ask: { from: [{ rest: { get: /ask } }], steps: [{ call: { rest: { get: "\${ERP_URL}/ask" }, system: erp } }] }
  tick: { from: [{ schedule: { every: 1ms } }], steps: [{ throw: { message: never } }] }
`;

async function testedApp(mapped: string) {
  await using folder = await createTemporaryFolder();
  await folder.put("orders.flow.yaml", APP.replace("MAPPED", mapped));
  return await command(["test", "--contract"], { directory: folder.root });
}

test("an app is started for its contract test: it reaches nobody, nothing comes to it by itself, and it may be asked often", async () => {
  const { code, stdout, stderr } = await testedApp("body.id");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ok POST \/orders: 50 valid \(50 × 201\), \d+ invalid \(\d+ × 400, \d+ × 415\)$/m);
  expect(stdout).toContain("ok GET /ask: 50 valid (50 × 422)");
});

test("an app that answers what its contract does not have fails, with a request for where it usually runs", async () => {
  const { code, stdout } = await testedApp("body.total > 5 ? 1 : body.id");
  expect(code).toBe(1);
  expect(stdout).toContain("FAIL POST /orders: answers 500");
  expect(stdout).toContain("'http://127.0.0.1:8080/orders'");
});

test("an API that does not answer is asked once for each operation, not until the end of days", async () => {
  let asked = 0;
  const operation = (id: string) => ({ id, method: "GET", path: `/${id}`, parameters: [], responses: [] });
  const reports = await testContract({
    operations: [operation("a"), operation("b")],
    send: async () => {
      asked += 1;
      return { failure: "gives no answer within 10 ms", isFinal: true };
    },
    seed: 1,
    runs: 50,
  });
  expect(reports.map(({ counterexamples }) => counterexamples.map(({ fault }) => fault.words))).toEqual([
    ["gives no answer within 10 ms"],
    ["gives no answer within 10 ms"],
  ]);
  expect(asked).toBe(2);
});

test.each([
  [["--url", "http://127.0.0.1:1"], "--url goes with --contract"],
  [["--contract", "--url", "ftp://x"], "--url expects the address of an API"],
  [["--contract", "--header", "none"], "--header expects 'NAME: VALUE'"],
  [["--contract", "--runs", "0"], "--runs expects a whole number of at least 1"],
])("%j is refused", async (options, reason) => {
  expect(await command(["test", ...options])).toMatchObject({ code: 2, stderr: expect.stringContaining(reason) });
});

test("a description without an address, and a file that is no description, are refused with the reason", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("shop.yaml", SHOP);
  await folder.put("other.json", "{}");
  const run = (file: string) => command(["test", "--contract", file], { directory: folder.root });
  expect(await run("shop.yaml")).toMatchObject({ code: 2, stderr: expect.stringContaining("--url http://127.0.0.1:9000") });
  expect(await run("other.json")).toMatchObject({ code: 2, stderr: expect.stringContaining("other.json is no OpenAPI description") });
});

test("an app without doors has nothing to test", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("a.flow.yaml", "routes: { a: { steps: [{ map: body }] } }");
  expect(await command(["test", "--contract"], { directory: folder.root })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("has nothing to test"),
  });
});

test("an API that is not there is said to be not there", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("shop.yaml", SHOP);
  const { code, stdout } = await command(["test", "--contract", "shop.yaml", "--url", "http://127.0.0.1:1"], { directory: folder.root });
  expect(code).toBe(1);
  expect(stdout).toContain("FAIL POST /orders: is not there: the connection is refused");
});
