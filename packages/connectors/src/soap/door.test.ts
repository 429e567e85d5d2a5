import { PortolanError } from "@portolan/core";
import { expect, expectTypeOf, test } from "vitest";
import type { SourceRef } from "@portolan/core";
import { soap, soapConnector } from "./index.ts";
import { ENVELOPE_11, ENVELOPE_12, ORDERS_FILES, envelope, openSoap, readSoap, type TestedOperation } from "./soap.test.support.ts";

const place = (more: Partial<TestedOperation> = {}): TestedOperation => ({
  options: { service: "orders.wsdl", operation: "PlaceOrder" },
  answer: () => ({ status: "accepted" }),
  ...more,
});
const cancel: TestedOperation = { options: { service: "orders.wsdl", operation: "Cancel" } };
const ORDER =
  "<o:PlaceOrder><o:id>7</o:id><o:customer>Ada &amp; Co</o:customer><o:line gift='true'><o:sku>a</o:sku><o:price>10.50</o:price></o:line></o:PlaceOrder>";
const TYPE_12 = { "content-type": 'application/soap+xml; charset=utf-8; action="urn:orders#place"' };

test("a request becomes a message by the schema, and the result a reply", async () => {
  await using node = await openSoap([place()]);
  const reply = await node.send(envelope(ORDER), { soapaction: '"urn:orders#place"' });
  expect(node.received[0]?.body).toEqual({ id: 7, customer: "Ada & Co", line: [{ "@gift": true, sku: "a", price: 10.5 }] });
  expect(reply).toEqual({
    status: 200,
    type: "text/xml; charset=utf-8",
    text: `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${ENVELOPE_11}" xmlns:tns="urn:orders"><soap:Body><tns:PlaceOrderResponse><tns:status>accepted</tns:status></tns:PlaceOrderResponse></soap:Body></soap:Envelope>`,
  });
});

test("SOAP 1.2 is answered in its own namespace and media type", async () => {
  await using node = await openSoap([place()]);
  const { status, type, text } = await node.send(envelope(ORDER, { version: "1.2" }), TYPE_12);
  expect([status, type]).toEqual([200, "application/soap+xml; charset=utf-8"]);
  expect(text).toContain(`<soap:Envelope xmlns:soap="${ENVELOPE_12}"`);
});

test("what breaks the schema is a fault of the client with each place, and reaches no route", async () => {
  await using node = await openSoap([place()]);
  const wrong = ORDER.replace(">7<", ">seven<").replace("10.50", "much");
  const old = await node.send(envelope(wrong));
  expect(old.status).toBe(500);
  expect(old.text).toContain("<faultcode>soap:Client</faultcode>");
  expect(old.text).toContain("<e:code>PORTOLAN_CONTRACT_FAILED</e:code>");
  expect(old.text).toContain('<e:issue pointer="#/id">');
  expect(old.text).toContain('<e:issue pointer="#/line/0/price">');
  const fresh = await node.send(envelope(wrong, { version: "1.2" }), TYPE_12);
  expect(fresh.status).toBe(400);
  expect(fresh.text).toContain("<soap:Value>soap:Sender</soap:Value>");
  expect(node.received).toEqual([]);
});

test("a one-way operation is answered with 202 and no envelope", async () => {
  await using node = await openSoap([place(), cancel]);
  expect(await node.send(envelope("<o:Cancel><o:id>1</o:id></o:Cancel>"))).toEqual({ status: 202, type: null, text: "" });
  expect(node.received[0]?.body).toEqual({ id: 1 });
});

test.each([
  ["an unknown operation", envelope("<o:Refund/>"), {}, 500, "Client", "no operation of this service takes {urn:orders}Refund"],
  [
    "an operation under the action of another",
    envelope(ORDER),
    { soapaction: "urn:orders#cancel" },
    500,
    "Client",
    "is that of another operation",
  ],
  ["an unknown envelope", "<Envelope xmlns='urn:x'><Body/></Envelope>", {}, 500, "VersionMismatch", "are not understood"],
  ["no envelope", "<order/>", {}, 400, "Client", "expected a SOAP envelope, found order"],
  ["no XML", "order", {}, 400, "Client", "not well-formed"],
  ["an empty body", "", {}, 400, "Client", "not well-formed"],
  ["a DOCTYPE", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${envelope(ORDER)}`, {}, 400, "Client", "DOCTYPE is refused"],
  ["another media type", envelope(ORDER), { "content-type": "application/json" }, 415, "Client", "is text/xml"],
  [
    "a charset that there is not",
    envelope(ORDER),
    { "content-type": "text/xml; charset=nonsense" },
    400,
    "Client",
    "expected a charset such as utf-8",
  ],
  ["bytes that are no UTF-8", Buffer.from([0x3c, 0x61, 0xff]), {}, 400, "Client", "UTF-8"],
])("%s is a fault with the reason", async (_, body, headers, status, code, reason) => {
  await using node = await openSoap([place(), cancel]);
  const answer = await node.send(body as string, { "content-type": "text/xml", ...(headers as Record<string, string>) });
  expect([answer.status, answer.type]).toEqual([status, "text/xml; charset=utf-8"]);
  expect(answer.text).toContain(`<faultcode>soap:${code}</faultcode>`);
  expect(answer.text).toContain(reason);
  expect(node.received).toEqual([]);
});

test("header blocks that the document declares are headers of the message and of the result", async () => {
  await using node = await openSoap([place({ headers: { "soap-Trace": '{"hops":2}' } })]);
  const { text } = await node.send(
    envelope(ORDER, { header: "<o:Tenant s:mustUnderstand='1'>4</o:Tenant><o:Trace><o:hops>1</o:hops></o:Trace>" }),
  );
  expect(node.received[0]?.headers).toEqual({ "soap-Tenant": 4 });
  expect(text).toContain("<soap:Header><tns:Trace><tns:hops>2</tns:hops></tns:Trace></soap:Header>");
});

test("a header block that must be understood and is not is refused, unless the door or another node is to deal with it", async () => {
  await using node = await openSoap([
    place({ options: { service: "orders.wsdl", operation: "PlaceOrder", understand: ["{urn:a}known"] } }),
  ]);
  const refused = await node.send(
    envelope(ORDER, { version: "1.2", header: "<a:token xmlns:a='urn:a' s:mustUnderstand='true'/>" }),
    TYPE_12,
  );
  expect([refused.status, node.received.length]).toEqual([500, 0]);
  expect(refused.text).toContain("<soap:Value>soap:MustUnderstand</soap:Value>");
  expect(refused.text).toContain('<soap:NotUnderstood xmlns:n="urn:a" qname="n:token"/>');
  const old = await node.send(envelope(ORDER, { header: "<a:token xmlns:a='urn:a' s:mustUnderstand='1'/>" }));
  expect(old.text).toContain("<faultcode>soap:MustUnderstand</faultcode>");
  for (const header of [
    "<a:known xmlns:a='urn:a' s:mustUnderstand='1'/>",
    "<a:token xmlns:a='urn:a' s:mustUnderstand='1' s:actor='urn:other'/>",
    "<a:token xmlns:a='urn:a'/>",
  ])
    expect((await node.send(envelope(ORDER, { header }))).status).toBe(200);
});

test.each([
  [new PortolanError("SHOP_REFUSED", "no credit", { kind: "rejected" }), "Client", "no credit", "SHOP_REFUSED"],
  [
    new PortolanError("PORTOLAN_CONNECTION_FAILED", "erp:9000 refused"),
    "Server",
    "A system could not be reached.",
    "PORTOLAN_CONNECTION_FAILED",
  ],
  [new TypeError("cannot read secret"), "Server", "fault on this side", "<e:kind>defect"],
])("%s of the route is a fault that tells what the caller may know", async (error, code, reason, detail) => {
  await using node = await openSoap([
    place({
      answer: () => {
        throw error;
      },
    }),
  ]);
  const { status, text } = await node.send(envelope(ORDER));
  expect(status).toBe(500);
  for (const part of [`soap:${code}<`, reason, detail]) expect(text).toContain(part);
  expect(text).not.toMatch(/secret|erp:9000|\bat \//);
});

test("a result with soap-fault is the fault that the document declares, with its detail", async () => {
  await using node = await openSoap([
    place({ answer: () => ({ sku: "a" }), headers: { "soap-fault": "soldOut", "soap-fault-reason": "none left" } }),
  ]);
  const { status, text } = await node.send(envelope(ORDER));
  expect(status).toBe(500);
  expect(text).toContain("<faultstring>none left</faultstring><detail><tns:SoldOut><tns:sku>a</tns:sku></tns:SoldOut></detail>");
});

test("a result that the document does not allow is a fault on this side", async () => {
  await using node = await openSoap([place({ answer: () => ({ state: "accepted" }) })]);
  const { text } = await node.send(envelope(ORDER));
  expect(text).toContain("<faultcode>soap:Server</faultcode>");
  expect(text).not.toContain("state");
});

test("?wsdl serves the document with the address that it was asked at, and what it imports", async () => {
  await using node = await openSoap([place(), cancel]);
  const main = await (await node.request("/services/orders?wsdl")).text();
  expect(main).toContain(`location="http://127.0.0.1:${node.port}/services/orders"`);
  const [, link = ""] = /schemaLocation="http:\/\/[^/]+([^"]+)"/.exec(main) ?? [];
  expect(link).toBe("/services/orders?xsd=1");
  expect(await (await node.request(link)).text()).toContain('<xs:element name="PlaceOrder" type="o:Order">');
  const plain = await node.request("/services/orders");
  expect([plain.status, plain.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await node.request("/services/orders?xsd=9")).status).toBe(404);
});

test("the operation answers where path says, and ?wsdl tells the address that is given", async () => {
  const options = { service: "orders.wsdl", operation: "PlaceOrder", path: "/soap", address: "https://api.example" };
  await using node = await openSoap([place({ options })]);
  expect((await node.send(envelope(ORDER), {}, "/soap")).status).toBe(200);
  expect(await (await node.request("/soap?wsdl")).text()).toContain('location="https://api.example/soap"');
});

test("operations without a route, and routes without an operation, are found at start", async () => {
  await using node = await openSoap([]);
  const findings = (...doors: object[]) =>
    soapConnector.source?.checkAll?.(
      doors.map((options, index) => ({ options: { service: "orders.wsdl", ...options }, path: `routes.r${index}` })),
      node.services,
    );
  expect(await findings({ operation: "PlaceOrder" })).toMatchObject([
    { path: "routes.r0", message: "orders.wsdl has an operation that no route has: Cancel" },
  ]);
  expect(await findings({ operation: "PlaceOrder", unrouted: "ignore" })).toEqual([]);
  expect(await findings({ operation: "PlaceOrder" }, { operation: "Cancle" })).toMatchObject([
    { path: "routes.r1", hint: 'did you mean "Cancel"?' },
  ]);
  expect(await findings({ service: "none.wsdl", operation: "a" })).toMatchObject([
    { message: expect.stringContaining("there is no file") },
  ]);
});

test("two routes for one operation, and two services at one path, are refused", async () => {
  await expect(openSoap([place(), place()])).rejects.toThrow("the operation PlaceOrder at /services/orders is taken by route test");
  const files = { ...ORDERS_FILES, "other.wsdl": ORDERS_FILES["orders.wsdl"] };
  await expect(openSoap([place(), { options: { service: "other.wsdl", operation: "Cancel" } }], files)).rejects.toThrow(
    "is taken by the service OrderService",
  );
});

test("options that cannot be meant are refused", () => {
  const faults = (options: object) => readSoap(soapConnector.source, options).faults;
  expect(faults({})).toEqual(["operation is missing: which one of the service is it?"]);
  expect(faults({ service: "a.wsdl", operation: "a", path: "soap", address: "shop" })).toEqual([
    expect.stringContaining("a path starts with /"),
    expect.stringContaining("expected scheme and host"),
  ]);
});

test("soap.service yields one typed source per operation", () => {
  const service = soap.service<{ PlaceOrder: { id: number } }>("./orders.wsdl", { unrouted: "ignore" });
  const source = service.operation("PlaceOrder", { timeout: "5s" });
  expect(source).toMatchObject({ soap: { service: "./orders.wsdl", operation: "PlaceOrder", unrouted: "ignore", timeout: "5s" } });
  expectTypeOf(source).toEqualTypeOf<SourceRef<{ id: number }>>();
  // @ts-expect-error no operation of the document
  service.operation("Place");
});

test("policies of one door hold at its path, and what they refuse is a fault of the request's version with its own status", async () => {
  const limited = { ...cancel.options, policies: { rateLimit: { requests: 1, per: "1m" } } };
  await using node = await openSoap([place(), { ...cancel, options: limited }]);
  expect((await node.send(envelope(ORDER))).status).toBe(200);
  const old = await node.send(envelope(ORDER));
  expect([old.status, old.type]).toEqual([429, "text/xml; charset=utf-8"]);
  expect(old.text).toContain("<faultcode>soap:Server</faultcode>");
  expect(old.text).toContain("<e:code>PORTOLAN_THROTTLED</e:code>");
  const fresh = await node.send(envelope(ORDER, { version: "1.2" }), TYPE_12);
  expect([fresh.status, fresh.type]).toEqual([429, "application/soap+xml; charset=utf-8"]);
  expect(fresh.text).toContain("<soap:Value>soap:Receiver</soap:Value>");
  expect(node.received).toHaveLength(1);
  await expect(
    openSoap([{ ...cancel, options: limited }, place({ options: { ...place().options, policies: { limits: { maxBody: 10 } } } })]),
  ).rejects.toThrow("another door of soap");
});

test("a body beyond the limit of the host or of a policy is a fault", async () => {
  await using node = await openSoap([place({ options: { ...place().options, policies: { limits: { maxBody: 100 } } } })]);
  const { status, type, text } = await node.send(envelope(ORDER));
  expect([status, type]).toEqual([413, "text/xml; charset=utf-8"]);
  expect(text).toContain("<faultcode>soap:Client</faultcode>");
  expect(node.received).toEqual([]);
});

test("a version that the document does not offer is answered in one that it does, which it names", async () => {
  const only11 = ORDERS_FILES["orders.wsdl"]
    .replace(/<wsdl:port name="Orders12"[^]*?<\/wsdl:port>/, "")
    .replace(/<wsdl:binding name="soap12Binding"[^]*?<\/wsdl:binding>/, "");
  await using node = await openSoap([place()], { ...ORDERS_FILES, "orders.wsdl": only11 });
  const { status, type, text } = await node.send(envelope(ORDER, { version: "1.2" }), TYPE_12);
  expect([status, type]).toEqual([500, "text/xml; charset=utf-8"]);
  expect(text).toContain("<faultcode>soap:VersionMismatch</faultcode><faultstring>this service speaks SOAP 1.1, not 1.2");
  expect(text.match(/SupportedEnvelope xmlns:v="[^"]+"/g)).toEqual([`SupportedEnvelope xmlns:v="${ENVELOPE_11}"`]);
});

test("a message of UTF-16 is read as its bytes say, and one of Latin 1 as its declaration says", async () => {
  await using node = await openSoap([place()]);
  const order = envelope(ORDER.replace("Ada &amp; Co", "Zoë"));
  const post = (body: BodyInit, type: string) =>
    node.request("/services/orders", { method: "POST", body, headers: { "content-type": type } });
  expect((await post(Buffer.from(`\uFEFF${order}`, "utf16le"), "text/xml")).status).toBe(200);
  expect((await post(Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${order}`, "latin1"), "text/xml")).status).toBe(200);
  expect((await post(Buffer.from(order, "latin1"), "text/xml; charset=iso-8859-1")).status).toBe(200);
  expect(node.received.map(({ body }) => (body as { customer: string }).customer)).toEqual(["Zoë", "Zoë", "Zoë"]);
});
