import fc from "fast-check";
import { expect, test } from "vitest";
import { openSoap, openTarget } from "../soap.test.support.ts";
import { storeWsdl } from "../peers/services.test.support.ts";

const FILES = { "store.wsdl": storeWsdl() };
const DOOR = { service: "store.wsdl", operation: "Turn" };
const TYPE = 'multipart/related; type="application/xop+xml"; boundary="b"; start="<e>"; start-info="text/xml"';
const BYTES = Buffer.from([0, 255, 13, 10, 45, 45, 99]);

const openStore = () => openSoap([{ options: DOOR, answer: ({ body }) => ({ turned: (body as { file: unknown }).file }) }], FILES);
const envelope = (content: string) =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://www.w3.org/2004/08/xop/include"><s:Body><Turn xmlns="urn:peers:store"><file><name>a</name><content>${content}</content></file></Turn></s:Body></s:Envelope>`;
const part = (head: string, content: string | Buffer) =>
  Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`), Buffer.from(content), Buffer.from("\r\n")]);
const XOP = 'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\nContent-ID: <e>';
const INCLUDE = '<x:Include href="cid:1%40x"/>';
const packaged = (...parts: readonly Buffer[]) => Buffer.concat([...parts, Buffer.from("--b--\r\n")]);

async function send(body: Buffer, type = TYPE) {
  const node = await openStore();
  try {
    const response = await node.request("/store", { method: "POST", body: new Uint8Array(body), headers: { "content-type": type } });
    return {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      text: Buffer.from(await response.arrayBuffer()).toString("latin1"),
      received: node.received,
    };
  } finally {
    await node[Symbol.asyncDispose]();
  }
}

test.each([
  ["bytes", "", BYTES],
  ["base64", "\r\nContent-Transfer-Encoding: base64", BYTES.toString("base64")],
])("bytes of a part that is %s stand where xop:Include is, and go back as a part", async (_title, encoding, content) => {
  const answer = await send(packaged(part(`Content-ID: <1@x>${encoding}`, content), part(XOP, envelope(INCLUDE))));
  expect(answer.received[0]?.body).toEqual({ file: { name: "a", content: BYTES.toString("base64") } });
  expect(answer.status).toBe(200);
  expect(answer.type).toMatch(
    /^multipart\/related; type="application\/xop\+xml"; boundary="[^"]+"; start="<envelope@portolan>"; start-info="text\/xml"$/,
  );
  expect(answer.text).toContain(
    '<tns:content><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:1@portolan"/></tns:content>',
  );
  expect(answer.text).toContain(`Content-ID: <1@portolan>\r\n\r\n${BYTES.toString("latin1")}\r\n`);
});

test("a package without bytes is read, and answered without a package where the reply has none", async () => {
  const answer = await send(packaged(part(XOP, envelope(""))));
  expect(answer.received[0]?.body).toEqual({ file: { name: "a", content: "" } });
  expect([answer.status, answer.type]).toEqual([200, "text/xml; charset=utf-8"]);
});

test("a caller that does not ask for a package gets base64", async () => {
  const answer = await send(Buffer.from(envelope("AP8=")), "text/xml");
  expect(answer.type).toBe("text/xml; charset=utf-8");
  expect(answer.text).toContain("<tns:content>AP8=</tns:content>");
});

test.each<[string, Buffer, string, string]>([
  [
    "a part that is not there",
    packaged(part(XOP, envelope('<x:Include href="cid:2"/>'))),
    TYPE,
    "no part of the message has that Content-ID",
  ],
  [
    "an address",
    packaged(part(XOP, envelope('<x:Include href="http://127.0.0.1/secret"/>'))),
    TYPE,
    "no part of the message has that Content-ID",
  ],
  [
    "a part in two places",
    packaged(part(XOP, envelope(INCLUDE).replace("<name>a", `<name>${INCLUDE}`)), part("Content-ID: <1@x>", "a")),
    TYPE,
    "each part stands in one place",
  ],
  ["text beside the part", packaged(part(XOP, envelope(`a${INCLUDE}`)), part("Content-ID: <1@x>", "a")), TYPE, "and something else"],
  [
    "an envelope that is none of XOP",
    packaged(part("Content-Type: text/xml\r\nContent-ID: <e>", envelope(""))),
    TYPE,
    "expected the first part, the envelope, to be application/xop+xml",
  ],
  ["no envelope", packaged(part("Content-ID: <1@x>", "a")), TYPE, "no part has the Content-ID &lt;e&gt; of the envelope"],
  [
    "another encoding",
    packaged(part("Content-ID: <1@x>\r\nContent-Transfer-Encoding: quoted-printable", "a"), part(XOP, envelope(INCLUDE))),
    TYPE,
    "parts are binary or base64",
  ],
  ["no boundary", packaged(part(XOP, envelope(""))), TYPE.replace('boundary="b";', ""), "to name the boundary"],
  ["a body that ends too early", part(XOP, envelope("")), TYPE, "multipart is not valid"],
  ["no XML", packaged(part(XOP, "{}")), TYPE, "not well-formed"],
  ["a DOCTYPE", packaged(part(XOP, `<!DOCTYPE a>${envelope("")}`)), TYPE, "DOCTYPE is refused"],
  [
    "bytes where a text is wanted",
    packaged(part(XOP, envelope("").replace("<name>a", "<name>").replace("<content>", `<content><x:Other/>`))),
    TYPE,
    "content",
  ],
])("%s is a fault of the client", async (_title, body, type, reason) => {
  const answer = await send(body, type);
  expect(answer.text).toContain("<faultcode>soap:Client</faultcode>");
  expect(answer.text).toContain(reason);
  expect(answer.received).toEqual([]);
});

test("another kind of parts is another media type", async () => {
  expect((await send(packaged(part(XOP, envelope(""))), 'multipart/related; type="text/xml"; boundary="b"')).status).toBe(415);
});

test.each(["1.1", "1.2"])("a client sends and reads packages, by SOAP %s", async (version) => {
  await using node = await openStore();
  const client = await openTarget(
    { wsdl: "store.wsdl", operation: "Turn", version, mtom: true, address: `${node.origin}/store` },
    node.services,
  );
  // The bytes of a mark, and those of a boundary, are as good as any.
  for (const content of [BYTES, Buffer.alloc(100_000, "ab"), Buffer.from("--portolan-")]) {
    const reply = await client.call({ file: { name: "a", content } });
    expect(reply?.body).toEqual({ turned: { name: "a", content: content.toString("base64") } });
  }
  await expect(client.call({ file: { name: "a", content: "no base64!" } })).rejects.toMatchObject({ code: "PORTOLAN_CONTRACT_FAILED" });
  await client.close();
});
test("broken packages are faults of the client, whatever is in them", async () => {
  await using node = await openStore();
  const pieces = fc.array(
    fc.constantFrom(
      "--b\r\n",
      "--b--\r\n",
      "\r\n",
      `${XOP}\r\n\r\n`,
      "Content-ID: <1@x>\r\n\r\n",
      envelope(INCLUDE),
      envelope(""),
      "<a",
      "\u0000",
      "Content-Transfer-Encoding: base64\r\n",
    ),
    { maxLength: 12 },
  );
  const types = fc.constantFrom(TYPE, TYPE.replace("<e>", ""), TYPE.replace("text/xml", "application/soap+xml"), `${TYPE}; boundary=""`);
  await fc.assert(
    fc.asyncProperty(pieces, types, async (body, type) => {
      const response = await node.request("/store", { method: "POST", body: body.join(""), headers: { "content-type": type } });
      const text = await response.text();
      expect([200, 400, 415, 500]).toContain(response.status);
      expect(text).not.toMatch(/<faultcode>soap:Server|soap:Receiver/);
    }),
    { numRuns: 100 },
  );
});
