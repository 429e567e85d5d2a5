import { createServer } from "node:http";
import { expect, test } from "vitest";
import { ENVELOPE_11, ORDERS_FILES, envelope, openSoap, openTarget, type TestedOperation } from "../soap.test.support.ts";

const WSA = "http://www.w3.org/2005/08/addressing";
const ORDER = "<o:PlaceOrder><o:id>7</o:id><o:customer>Ann</o:customer></o:PlaceOrder>";
const place = (more: Partial<TestedOperation> = {}): TestedOperation => ({
  options: { service: "orders.wsdl", operation: "PlaceOrder", unrouted: "ignore" },
  answer: () => ({ status: "accepted" }),
  ...more,
});
const block = (name: string, content: string, attributes = "") => `<w:${name} xmlns:w="${WSA}"${attributes}>${content}</w:${name}>`;
const to = (name: string, address: string, more = "") => block(name, `<w:Address>${address}</w:Address>${more}`);
const ACTION = block("Action", "urn:orders#place");
const ID = block("MessageID", "urn:uuid:1");

async function ask(
  header: string,
  { version = "1.1", ...more }: Partial<TestedOperation> & { readonly version?: "1.1" | "1.2"; readonly soapAction?: string } = {},
) {
  await using node = await openSoap([place(more)]);
  const type = {
    "content-type": version === "1.1" ? "text/xml" : "application/soap+xml",
    ...(more.soapAction === undefined ? {} : { soapaction: more.soapAction }),
  };
  const reply = await node.send(envelope(ORDER, { version, header }), type);
  return { ...reply, received: node.received.length, header: /<soap:Header>(.*)<\/soap:Header>/s.exec(reply.text)?.[1] ?? "" };
}

test.each(["1.1", "1.2"] as const)("a reply says what it is, and what it answers: SOAP %s", async (version) => {
  const { status, header } = await ask(ACTION + ID, { version });
  expect(status).toBe(200);
  expect(header).toContain(`<wsa:Action xmlns:wsa="${WSA}">urn:orders:wsdl:OrdersPort:PlaceOrderResponse</wsa:Action>`);
  expect(header).toContain(`<wsa:RelatesTo xmlns:wsa="${WSA}">urn:uuid:1</wsa:RelatesTo>`);
  expect(header).toMatch(/<wsa:MessageID [^>]*>urn:uuid:[\da-f-]{36}<\/wsa:MessageID>/);
});

test("headers that must be understood are, and a message without them is answered without them", async () => {
  const must = block("Action", "urn:orders#place", ` xmlns:s="${ENVELOPE_11}" s:mustUnderstand="1"`);
  expect((await ask(must + ID)).status).toBe(200);
  expect((await ask("")).header).toBe("");
});

test("an answer has the reference parameters of where it goes, and says that they are such", async () => {
  const parameters = '<w:ReferenceParameters><p:Session xmlns:p="urn:p">7</p:Session></w:ReferenceParameters>';
  const { header } = await ask(ACTION + to("ReplyTo", `${WSA}/anonymous`, parameters));
  expect(header).toMatch(/<p:Session [^>]*w:IsReferenceParameter="true">7<\/p:Session>/);
});

test("whoever wants no answer gets none, of replies and of faults, and the route has the message", async () => {
  expect(await ask(ACTION + to("ReplyTo", `${WSA}/none`))).toMatchObject({ status: 202, text: "", received: 1 });
  const failing = () => {
    throw new TypeError("broken");
  };
  expect(await ask(ACTION + to("ReplyTo", `${WSA}/none`), { answer: failing })).toMatchObject({ status: 202, text: "", received: 1 });
  expect(await ask(ACTION + to("FaultTo", `${WSA}/none`))).toMatchObject({ status: 200, received: 1 });
});

test("faults have the action that the document gives them, or that of all others", async () => {
  const soldOut = await ask(ACTION + ID, { answer: () => ({ sku: "a" }), headers: { "soap-fault": "soldOut" } });
  expect(soldOut.header).toContain("urn:orders:wsdl:OrdersPort:PlaceOrder:Fault:soldOut</wsa:Action>");
  expect(soldOut.header).toContain(">urn:uuid:1</wsa:RelatesTo>");
  const broken = await ask(ACTION + ID, { answer: () => 5 });
  expect(broken.header).toContain(`${WSA}/soap/fault</wsa:Action>`);
});

test.each<[string, string, string, string]>([
  ["an answer elsewhere", ACTION + to("ReplyTo", "http://127.0.0.1/inbox"), "OnlyAnonymousAddressSupported", "ReplyTo"],
  ["faults elsewhere", ACTION + to("FaultTo", "http://127.0.0.1/inbox"), "OnlyAnonymousAddressSupported", "FaultTo"],
  ["no action", ID, "MessageAddressingHeaderRequired", "Action"],
  ["two actions", ACTION + ACTION, "InvalidCardinality", "Action"],
  ["the action of another operation", block("Action", "urn:orders#cancel"), "ActionNotSupported", "urn:orders#cancel"],
])("%s is refused by a fault of the standard", async (_title, header, subcode, problem) => {
  const old = await ask(header);
  expect([old.status, old.received]).toEqual([500, 0]);
  expect(old.text).toContain(`<faultcode xmlns:c="${WSA}">c:${subcode}</faultcode>`);
  expect(old.text).toContain(problem);
  expect(old.header).toContain(`${WSA}/fault</wsa:Action>`);
  const fresh = await ask(header, { version: "1.2" });
  expect(fresh.status).toBe(400);
  expect(fresh.text).toContain("<soap:Value>soap:Sender</soap:Value><soap:Subcode>");
  expect(fresh.text).toContain(`c:${subcode}</soap:Value>`);
});

test("an action that SOAPAction contradicts is refused", async () => {
  const { text, received } = await ask(ACTION + ID, { soapAction: '"urn:orders#cancel"' });
  expect(text).toContain("c:ActionMismatch</faultcode>");
  expect(received).toBe(0);
});

const ACCEPTED = "<o:PlaceOrderResponse><o:status>ok</o:status></o:PlaceOrderResponse>";

/** A service that keeps what it gets, and answers with header blocks. */
async function openRecorder(header: () => string) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += String(chunk)));
    request.on("end", () => {
      requests.push(body);
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(envelope(ACCEPTED, { header: header() }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    requests,
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/s`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test("a client says what its message is and takes answers to it only", async () => {
  let header = block("Action", "urn:x") + block("RelatesTo", "urn:portolan:message:k1");
  await using service = await openRecorder(() => header);
  await using node = await openSoap([]);
  const client = await openTarget({ wsdl: "orders.wsdl", operation: "PlaceOrder", addressing: true, address: service.url }, node.services);
  const order = { id: 1, customer: "Ann" };
  expect((await client.call(order))?.body).toEqual({ status: "ok" });
  const said = [
    "urn:orders#place</wsa:Action>",
    "urn:portolan:message:k1</wsa:MessageID>",
    `${service.url}</wsa:To>`,
    `<wsa:Address>${WSA}/anonymous</wsa:Address>`,
  ];
  for (const part of said) expect(service.requests[0]).toContain(part);
  header = block("Action", "urn:x") + block("RelatesTo", "urn:other");
  await expect(client.call(order)).rejects.toThrow("it answers urn:other, which is another message");
  await client.close();
});

test("a client uses it where the document says that the port does, unless told otherwise", async () => {
  const using = '<wsaw:UsingAddressing xmlns:wsaw="http://www.w3.org/2006/05/addressing/wsdl"/><soap:binding transport';
  const wsdl = ORDERS_FILES["orders.wsdl"].replace("<soap:binding transport", using);
  await using service = await openRecorder(() => "");
  await using node = await openSoap([], { ...ORDERS_FILES, "orders.wsdl": wsdl });
  for (const options of [{}, { addressing: false }]) {
    const client = await openTarget({ wsdl: "orders.wsdl", operation: "PlaceOrder", address: service.url, ...options }, node.services);
    await client.call({ id: 1, customer: "Ann" });
    await client.close();
  }
  expect(service.requests.map((request) => request.includes("wsa:Action"))).toEqual([true, false]);
});
