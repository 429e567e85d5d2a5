import { createServer, type IncomingMessage } from "node:http";
import type { TargetRef } from "@portolan/core";
import { expect, expectTypeOf, test } from "vitest";
import { SoapFault, soap } from "./index.ts";
import { ENVELOPE_11, ENVELOPE_12, envelope, openSoap, openTarget } from "./soap.test.support.ts";

interface Canned {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server of another stack, as far as a client can tell, and a client of it. */
async function openClient({
  answer,
  options = {},
  after,
}: { readonly answer?: Canned; readonly options?: object; readonly after?: (fire: () => void) => void } = {}) {
  const requests: { readonly headers: IncomingMessage["headers"]; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (answer === undefined) return;
      response.writeHead(answer.status ?? 200, { "content-type": answer.type ?? "text/xml", ...answer.headers });
      response.end(answer.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const node = await openSoap([]);
  const settings = { wsdl: "orders.wsdl", operation: "PlaceOrder", address: `http://127.0.0.1:${port}/s`, ...options };
  const target = await openTarget(settings, node.services, after);
  return {
    requests,
    call: target.call,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await target.close();
      await node[Symbol.asyncDispose]();
    },
  };
}

const ORDER = { id: 7, customer: null, line: [{ sku: "a", price: 10.5 }] };
const REPLY = { body: envelope("<o:PlaceOrderResponse><o:status>accepted</o:status></o:PlaceOrderResponse>") };
const fault11 = (code: string, detail = "") => ({
  status: 500,
  body: envelope(`<s:Fault><faultcode>s:${code}</faultcode><faultstring>no more</faultstring><detail>${detail}</detail></s:Fault>`),
});

test("a message is sent in the order of the schema, and the reply is data", async () => {
  await using node = await openClient({ answer: REPLY });
  expect(await node.call({ line: ORDER.line, customer: "Ada", id: 7 })).toEqual({ body: { status: "accepted" }, headers: {} });
  const [request] = node.requests;
  expect(request?.headers).toMatchObject({
    "content-type": "text/xml; charset=utf-8",
    soapaction: '"urn:orders#place"',
    "idempotency-key": "k1",
  });
  expect(request?.body).toContain(
    `<soap:Envelope xmlns:soap="${ENVELOPE_11}" xmlns:tns="urn:orders"><soap:Body><tns:PlaceOrder><tns:id>7</tns:id><tns:customer>Ada</tns:customer><tns:line><tns:sku>a</tns:sku><tns:price>10.5</tns:price></tns:line></tns:PlaceOrder></soap:Body>`,
  );
});

test("the version chooses the port, its envelope and media type", async () => {
  await using node = await openClient({ answer: { ...REPLY, type: "application/soap+xml" }, options: { version: "1.2" } });
  await node.call(ORDER);
  expect(node.requests[0]?.headers["content-type"]).toBe('application/soap+xml; charset=utf-8; action="urn:orders#place"');
  expect(node.requests[0]?.headers["soapaction"]).toBeUndefined();
  expect(node.requests[0]?.body).toContain(ENVELOPE_12);
});

test("header blocks come from options and from the headers that are forwarded", async () => {
  const reply = {
    body: envelope("<o:PlaceOrderResponse><o:status>a</o:status></o:PlaceOrderResponse>", {
      header: "<o:Trace><o:hops>2</o:hops></o:Trace>",
    }),
  };
  await using node = await openClient({
    answer: reply,
    options: { headerBlocks: { Tenant: 1 }, forward: ["soap-Tenant", "x-trace"], headers: { "X-Own": "a" } },
  });
  expect((await node.call(ORDER, { "soap-Tenant": 4, "x-trace": "t", other: "o" }))?.headers).toEqual({ "soap-Trace": '{"hops":2}' });
  await node.call(ORDER);
  expect(node.requests.map(({ body }) => /<tns:Tenant>\d/.exec(body)?.[0])).toEqual(["<tns:Tenant>4", "<tns:Tenant>1"]);
  expect(node.requests[0]?.headers).toMatchObject({ "x-trace": "t", "x-own": "a" });
  expect(node.requests[0]?.headers).not.toHaveProperty("other");
});

test("data that the document does not allow are not sent", async () => {
  await using node = await openClient({ answer: REPLY });
  await expect(node.call({ ...ORDER, id: "seven" })).rejects.toMatchObject({
    code: "PORTOLAN_CONTRACT_FAILED",
    kind: "invalid",
    findings: [{ path: "id" }],
  });
  await expect(node.call({ ...ORDER, total: 1 })).rejects.toThrow('"total" has no place here, expected id, customer or line');
  await expect(node.call({ id: 7 })).rejects.toThrow("Missing child element");
  expect(node.requests).toEqual([]);
});

test.each([
  ["a declared fault", fault11("Server", "<o:SoldOut><o:sku>a</o:sku></o:SoldOut>"), "rejected", 'the fault soldOut: no more {"sku":"a"}'],
  ["a fault that blames the message", fault11("Client.Authentication"), "rejected", "the fault Client.Authentication: no more"],
  ["a fault of the server", fault11("Server", "<x>why</x>"), "transient", 'the fault Server: no more {"x":"why"}'],
  ["a version mismatch", fault11("VersionMismatch"), "rejected", "the fault VersionMismatch"],
  [
    "a fault of SOAP 1.2",
    {
      status: 500,
      type: "application/soap+xml",
      body: envelope(
        '<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value xmlns:m="urn:m">m:busy</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">later</s:Text></s:Reason></s:Fault>',
        { version: "1.2" },
      ),
    },
    "transient",
    "the fault {urn:m}busy: later",
  ],
  ["a busy proxy", { status: 503, type: "text/html", body: "<p>busy" }, "transient", "answered 503"],
  ["a refusal that is XML of another kind", { status: 403, body: "<html/>" }, "rejected", "answered 403"],
  ["a reply that breaks the schema", { body: envelope("<o:PlaceOrderResponse/>") }, "invalid", "the reply is not what the document says"],
  ["a reply that is no XML", { body: "ok", type: "text/plain" }, "invalid", "not well-formed"],
  ["another element", { body: envelope("<o:Cancel><o:id>1</o:id></o:Cancel>") }, "invalid", "found {urn:orders}Cancel"],
  ["a DOCTYPE", { body: `<!DOCTYPE a [<!ENTITY b "c">]>${REPLY.body}` }, "invalid", "DOCTYPE is refused"],
  [
    "a header block that must be understood",
    {
      body: envelope("<o:PlaceOrderResponse><o:status>a</o:status></o:PlaceOrderResponse>", {
        header: '<a:b xmlns:a="urn:a" s:mustUnderstand="1"/>',
      }),
    },
    "invalid",
    "must be understood",
  ],
])("%s is an error of its kind", async (_, answer, kind, message) => {
  await using node = await openClient({ answer });
  await expect(node.call(ORDER)).rejects.toMatchObject({
    kind,
    message: expect.stringContaining(message),
    endpoint: expect.stringContaining("PlaceOrder of http://127.0.0.1"),
  });
});

test("the cause of a fault's error is the fault with its data", async () => {
  await using node = await openClient({ answer: fault11("Client", "<o:SoldOut><o:sku>a</o:sku></o:SoldOut>") });
  const error = await node.call(ORDER)?.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ cause: { fault: "soldOut", faultCode: "Client", message: "no more", detail: { sku: "a" } } });
  expect((error as Error).cause).toBeInstanceOf(SoapFault);
});

test("no answer in time, and no connection, are transient", async () => {
  await using late = await openClient({ after: (fire) => void setImmediate(fire) });
  await expect(late.call(ORDER)).rejects.toMatchObject({ code: "PORTOLAN_TIMEOUT" });
  await using none = await openClient({ options: { address: "http://127.0.0.1:1/" } });
  await expect(none.call(ORDER)).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED" });
});

test("a one-way operation needs no reply, and its fault is an error all the same", async () => {
  const options = { operation: "Cancel" };
  await using node = await openClient({ answer: { status: 202 }, options });
  expect(await node.call({ id: 1 })).toEqual({ body: null, headers: {} });
  expect(await node.call({ id: 1 }, {}, "to")).toBeUndefined();
  await using failing = await openClient({ answer: fault11("Client"), options });
  await expect(failing.call({ id: 1 }, {}, "to")).rejects.toMatchObject({ kind: "rejected" });
});

test.each([
  [{ operation: "Place" }, 'orders.wsdl has no operation "Place"'],
  [{ port: "Orders13" }, "there are: Orders11 (SOAP 1.1), Orders12 (SOAP 1.2)"],
  [{ address: "erp.example" }, "expected the address of an HTTP service"],
  [{ headers: { SOAPAction: "a" } }, "the header SOAPAction is set by the client itself"],
])("%o is refused at start", async (options, message) => {
  await expect(openClient({ options })).rejects.toThrow(message);
});

test("soap.operation makes a typed target", () => {
  const target = soap.operation<{ id: number }, { status: string }>("PlaceOrder", {
    wsdl: "./erp.wsdl",
    system: { name: "erp" },
    timeout: "5s",
  });
  expect(target).toMatchObject({ soap: { wsdl: "./erp.wsdl", operation: "PlaceOrder", timeout: "5s" }, system: "erp" });
  expectTypeOf(target).toEqualTypeOf<TargetRef<{ id: number }, { status: string }>>();
  // @ts-expect-error a version that there is not
  soap.operation("PlaceOrder", { wsdl: "./erp.wsdl", version: "2.0" });
});
