import { createMessage, type Incoming } from "@portolan/core";
import { expect, test } from "vitest";
import { answering, echo, openDoor } from "./door.test.support.ts";
import { checkMatch, etagOf } from "./index.ts";

async function* of(...values: unknown[]) {
  yield* values;
}

const type = (name: string) => ({ "content-type": name });

test.each<[string, object, unknown[], string, string]>([
  ["bytes", {}, [Buffer.from("a"), Buffer.from("b")], "application/octet-stream", "ab"],
  ["bytes of a type", type("image/png"), [Buffer.from("a"), Buffer.from("b")], "image/png", "ab"],
  ["texts", type("text/plain"), ["a", "b"], "text/plain", "ab"],
  ["data as a JSON list", {}, [{ a: 1 }, { a: 2 }], "application/json", '[{"a":1},{"a":2}]'],
  ["no data as a JSON list", {}, [], "application/json", "[]"],
  ["data line by line", type("application/x-ndjson"), [{ a: 1 }, { a: 2 }], "application/x-ndjson", '{"a":1}\n{"a":2}\n'],
  ["data as CSV", type("text/csv"), [{ a: 1 }, { a: 2 }], "text/csv", "a\r\n1\r\n2\r\n"],
  [
    "events",
    type("text/event-stream"),
    [{ event: "placed", id: 7, data: { a: 1 } }, "two\nlines", { other: true }, { retry: 5 }],
    "text/event-stream",
    'event: placed\nid: 7\ndata: {"a":1}\n\ndata: two\ndata: lines\n\ndata: {"other":true}\n\nretry: 5\n\n',
  ],
])("a result that is a stream is sent part by part: %s", async (_name, headers, values, contentType, text) => {
  await using node = await openDoor({ options: { get: "/s" }, deliver: answering(of(...values), headers as Record<string, string>) });
  const response = await node.request("/s");
  expect([response.status, response.headers.get("content-type"), response.headers.get("content-length"), await response.text()]).toEqual([
    200,
    contentType,
    null,
    text,
  ]);
});

test("a list is events where the caller prefers them", async () => {
  const options = { get: "/s", produces: ["application/json", "text/event-stream"] };
  await using node = await openDoor({ options, deliver: answering([{ data: 1, id: "a\nb" }, 2]) });
  const response = await node.request("/s", { headers: { accept: "text/event-stream" } });
  expect([response.headers.get("content-type"), await response.text()]).toEqual(["text/event-stream", "id: a b\ndata: 1\n\ndata: 2\n\n"]);
});

test("a failure before the first part is answered as one, a later one breaks the reply off", async () => {
  async function* failing(after: number) {
    for (let count = 0; count < after; count++) yield { count };
    throw new Error("broken");
  }
  await using early = await openDoor({ options: { get: "/s" }, deliver: answering(failing(0)) });
  expect((await early.request("/s")).status).toBe(500);
  await using late = await openDoor({ options: { get: "/s" }, deliver: answering(failing(2)) });
  await expect(late.request("/s").then((response) => response.text())).rejects.toThrow(/fetch failed|terminated/);
  await using data = await openDoor({ options: { get: "/s" }, deliver: answering(of({ a: 1 }), type("application/xml")) });
  expect((await data.request("/s")).status).toBe(500);
});

test("a stream without an end ends when the caller leaves, and when the door closes", async () => {
  const ended: string[] = [];
  async function* endless() {
    try {
      for (let count = 0; ; count++) {
        yield { data: count };
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      ended.push("end");
    }
  }
  await using node = await openDoor({
    options: { get: "/s" },
    deliver: async () => createMessage("m", endless(), type("text/event-stream")),
  });
  const leaving = new AbortController();
  const response = await node.request("/s", { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await expect.poll(() => ended, { timeout: 5000 }).toEqual(["end"]);
  const staying = (await node.request("/s")).body?.getReader();
  expect(Buffer.from((await staying?.read())?.value ?? []).toString()).toMatch(/^data: 0\n\n/);
  await node.running?.close();
  while ((await staying?.read())?.done === false);
  await expect.poll(() => ended, { timeout: 5000 }).toEqual(["end", "end"]);
});

test("a body can be taken as a stream: of records, or of bytes", async () => {
  const collected: unknown[] = [];
  const deliver = async (incoming: Incoming) => {
    for await (const value of incoming.body as AsyncIterable<unknown>)
      collected.push(value instanceof Uint8Array ? Buffer.from(value).toString() : value);
    return createMessage("m", collected.splice(0));
  };
  await using node = await openDoor({
    options: { post: "/s", streamBody: true, consumes: ["application/x-ndjson", "image/*"], maxBody: 20 },
    deliver,
  });
  const post = async (contentType: string, body: string) => {
    return (await node.request("/s", { method: "POST", body, headers: type(contentType) })).status;
  };
  const records = await node.request("/s", { method: "POST", body: '{"a":1}\n{"a":2}\n', headers: type("application/x-ndjson") });
  expect(await records.json()).toEqual([{ a: 1 }, { a: 2 }]);
  const bytes = await node.request("/s", { method: "POST", body: "png", headers: type("image/png") });
  expect([await bytes.json(), node.received[1]?.headers?.["content-type"]]).toEqual([["png"], "image/png"]);
  expect(await post("image/png", "x".repeat(21))).toBe(413);
  expect(await post("text/csv", "a")).toBe(415);
});

test("callers that have the content already get 304, by a tag of the route or of the door", async () => {
  await using plain = await openDoor({ options: { get: "/s" }, deliver: answering({ a: 1 }, { etag: '"v1"', vary: "accept" }) });
  const known = await plain.request("/s", { headers: { "if-none-match": 'W/"v1"' } });
  expect([known.status, known.headers.get("etag"), known.headers.get("vary"), await known.text()]).toEqual([304, '"v1"', "accept", ""]);
  expect((await plain.request("/s", { headers: { "if-none-match": '"v2"' } })).status).toBe(200);
  await using tagged = await openDoor({ options: { get: "/s", etag: true }, deliver: answering({ a: 1 }) });
  const first = await tagged.request("/s");
  expect((await tagged.request("/s", { headers: { "if-none-match": first.headers.get("etag") ?? "" } })).status).toBe(304);
  await using dated = await openDoor({
    options: { get: "/s" },
    deliver: answering(1, { "last-modified": "Tue, 24 Nov 2026 10:00:00 GMT" }),
  });
  expect((await dated.request("/s", { headers: { "if-modified-since": "Tue, 24 Nov 2026 11:00:00 GMT" } })).status).toBe(304);
});

test("changes say what they change: 428 without If-Match, 412 for another state", async () => {
  const current = etagOf({ id: 1 });
  const deliver = async (incoming: Incoming) => {
    checkMatch({ headers: incoming.headers ?? {} }, incoming.headers?.["x-gone"] === undefined ? current : undefined);
    return echo(incoming);
  };
  await using node = await openDoor({ options: { put: "/s", requireIfMatch: true }, deliver });
  const put = async (headers: Record<string, string>) => (await node.request("/s", { method: "PUT", body: "1", headers })).status;
  expect(await put({})).toBe(428);
  expect(await put({ "if-match": current })).toBe(200);
  expect(await put({ "if-match": `"a", ${current}` })).toBe(200);
  expect(await put({ "if-match": "*" })).toBe(200);
  expect(await put({ "if-match": '"other"' })).toBe(412);
  expect(await put({ "if-match": `W/${current}` })).toBe(412);
  expect(await put({ "if-match": "*", "x-gone": "1" })).toBe(412);
  expect(await put({ "if-match": "*", "if-none-match": "*" })).toBe(412);
});
