import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { TargetRef } from "@portolan/core";
import { expect, expectTypeOf, test } from "vitest";
import { readRest } from "../door.test.support.ts";
import { rest, restConnector } from "../index.ts";
import { nextLink } from "./next-link.ts";
import { openRemote, status, type Answer } from "./remote.test.support.ts";

async function collected<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of stream) all.push(one);
  return all;
}

const json = { "content-type": "application/json" };

/** Ten numbers in pages of four, each way to go on. */
function pagesOf(size = 4): Answer {
  return (got, response) => {
    const url = new URL(got.url, "http://a");
    const from = Number(
      url.searchParams.get("offset") ?? url.searchParams.get("cursor") ?? (Number(url.searchParams.get("page") ?? 1) - 1) * size,
    );
    const data = Array.from({ length: 10 }, (_, n) => n).slice(from, from + size);
    const isMore = from + size < 10;
    const next = `/list?q=a%20b&offset=${from + size}`;
    if (url.pathname === "/bare")
      response
        .writeHead(200, { ...json, ...(isMore ? { link: `</x>; rel="prev", <${next.replace("/list", "/bare")}>; rel=next` } : {}) })
        .end(JSON.stringify(data));
    else
      response.writeHead(200, json).end(JSON.stringify({ data, meta: { next: isMore ? from + size : null, url: isMore ? next : null } }));
  };
}

async function items(path: string, pages: object, answer = pagesOf()) {
  await using node = await openRemote((origin) => ({ get: `${origin}${path}`, pages }), answer);
  const reply = await node.send({});
  const all = await collected(reply?.body as AsyncIterable<unknown>);
  return { all, urls: node.got.map(({ url }) => url) };
}

const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

test.each([
  ["links", "/bare?q=a%20b", {}, ["/bare?q=a%20b", "/bare?q=a%20b&offset=4", "/bare?q=a%20b&offset=8"]],
  [
    "URLs",
    "/list?q=a%20b",
    { items: "data", next: "url", field: "meta.url" },
    ["/list?q=a%20b", "/list?q=a%20b&offset=4", "/list?q=a%20b&offset=8"],
  ],
  [
    "cursors",
    "/list?q=a",
    { items: "data", next: "cursor", field: "meta.next", parameter: "cursor" },
    ["/list?q=a", "/list?q=a&cursor=4", "/list?q=a&cursor=8"],
  ],
  [
    "pages",
    "/list?page=1",
    { items: "data", next: "page", parameter: "page" },
    ["/list?page=1", "/list?page=2", "/list?page=3", "/list?page=4"],
  ],
  [
    "offsets",
    "/list",
    { items: "data", next: "offset", parameter: "offset" },
    ["/list", "/list?offset=4", "/list?offset=8", "/list?offset=10"],
  ],
])("a list that goes on by %s is the stream of all of its items", async (_name, path, pages, urls) => {
  expect(await items(path, pages)).toEqual({ all: ten, urls });
});

test("pages are asked for as items are read, and read again from the start", async () => {
  await using node = await openRemote((origin) => ({ get: `${origin}/bare`, pages: {} }), pagesOf());
  const stream = (await node.send({}))?.body as AsyncIterable<unknown>;
  expect(node.got).toHaveLength(1);
  for await (const item of stream) if (item === 4) break;
  expect(node.got).toHaveLength(2);
  expect(await collected(stream)).toEqual(ten);
  expect(node.got).toHaveLength(5);
});

test("pages that lead elsewhere, to themselves, or never end are errors, and so is what is no list", async () => {
  const fails = (pages: object, answer: Answer) => items("/bare", pages, answer).catch((error: unknown) => error);
  const link = (target: string): Answer => status(200, { ...json, link: `<${target}>; rel=next` }, "[1]");
  expect(await fails({}, link("http://169.254.169.254/latest"))).toMatchObject({
    code: "PORTOLAN_ADDRESS_DENIED",
    message: expect.stringContaining("169.254.169.254"),
  });
  expect(await fails({}, link("/bare"))).toMatchObject({ code: "PORTOLAN_LOOP_LIMIT" });
  let count = 0;
  expect(await fails({ max: 3 }, (got, response) => link(`/bare?n=${++count}`)(got, response))).toMatchObject({
    code: "PORTOLAN_LOOP_LIMIT",
    message: expect.stringContaining("more than 3 pages"),
  });
  expect(count).toBe(3);
  expect(await fails({}, status(200, json, '{"data":[]}'))).toMatchObject({
    code: "PORTOLAN_FORMAT_INVALID",
    hint: expect.stringContaining("pages: { items"),
  });
  expect(await fails({}, status(404))).toMatchObject({ code: "PORTOLAN_REMOTE_REJECTED" });
  expect((await items("/bare", {}, status(204))).all).toEqual([]);
});

test.each([
  [undefined, undefined],
  ['<https://a/?page=2>; rel="next"', "https://a/?page=2"],
  ['</a,b>; title="x, rel=next"; rel=prev, </c>; rel="last next"', "/c"],
  ["</a>; rel=nextly", undefined],
  [["</a>; rel=prev", "</b>; REL=Next"], "/b"],
])("the next link of %j is %j", (header, expected) => {
  expect(nextLink(header)).toBe(expected);
});

test("a reply is read as it comes: records of a sequence, else bytes", async () => {
  let finish: () => void = () => {};
  const answer: Answer = (got, response) => {
    response.writeHead(200, { "content-type": got.url === "/ndjson" ? "application/x-ndjson" : "application/octet-stream" });
    response.write('{"n":1}\n');
    finish = () => response.end('{"n":2}\n');
  };
  await using records = await openRemote((origin) => ({ get: `${origin}/ndjson`, stream: true, timeout: "1h" }), answer);
  const reply = await records.send({});
  const reading = collected(reply?.body as AsyncIterable<unknown>);
  finish();
  expect(await reading).toEqual([{ n: 1 }, { n: 2 }]);
  await using bytes = await openRemote((origin) => ({ get: origin, stream: true }), answer);
  const body = (await bytes.send({}))?.body as AsyncIterable<Uint8Array>;
  finish();
  expect(Buffer.concat(await collected(body)).toString()).toBe('{"n":1}\n{"n":2}\n');
});

test("a stream that is compressed, stands still, breaks off or is a refusal is told as such", async () => {
  const read = async (answer: Answer, more: object = {}) => {
    await using node = await openRemote((origin) => ({ get: origin, stream: true, ...more }), answer);
    const reply = await node.send({});
    const reading = collected(reply?.body as AsyncIterable<Uint8Array>).then((chunks) => Buffer.concat(chunks).toString());
    if ("timeout" in more) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await Promise.all([node.clock.advanceTo(5000), reading.catch(() => undefined)]);
    }
    return await reading;
  };
  expect(
    await read((_got, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(100_000)))),
  ).toHaveLength(100_000);
  await expect(read(status(503, {}, "later"))).rejects.toMatchObject({
    code: "PORTOLAN_REMOTE_FAILED",
    message: expect.stringContaining("503: later"),
  });
  const breaking: Answer = (_got, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half");
    setTimeout(() => response.destroy(), 20);
  };
  await expect(read(breaking)).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
  const silent: Answer = (_got, response) => void response.writeHead(200).write("half");
  await expect(read(silent, { timeout: "5s" })).rejects.toMatchObject({ code: "PORTOLAN_TIMEOUT" });
});

test("a stream is sent as it is read, in pieces or as records, and again only if it can be read again", async () => {
  await using node = await openRemote((origin) => ({ put: origin, forward: [] }));
  await node.send(Readable.from([Buffer.from("a"), "b"]), { "content-type": "image/png" });
  expect(node.got[0]).toMatchObject({ body: "ab", headers: { "content-type": "image/png", "transfer-encoding": "chunked" } });
  await using records = await openRemote((origin) => ({ put: origin, format: "ndjson", timeout: "1h", retry: {} }), status(503));
  const twice = {
    async *[Symbol.asyncIterator]() {
      yield { n: 1 };
      yield { n: 2 };
    },
  };
  await expect(records.whileWaiting(records.send(twice))).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_FAILED" });
  expect(records.got.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => '{"n":1}\n{"n":2}\n'));
  await expect(records.send(twice[Symbol.asyncIterator]())).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_FAILED" });
  expect(records.got).toHaveLength(4);
  await expect(node.send(twice)).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID", hint: expect.stringContaining("ndjson") });
});

test.each([
  [{ get: "http://a/", pages: { next: "cursor" } }, "needs field"],
  [{ get: "http://a/", pages: { next: "page" } }, "needs parameter"],
  [{ get: "http://a/", pages: { field: "a" } }, "field says nothing"],
  [{ get: "http://a/", pages: { first: 1 } }, "first says nothing"],
  [{ post: "http://a/", pages: {} }, "this is POST"],
  [{ get: "http://a/", pages: {}, stream: true }, "a stream of items already"],
])("the options %j are refused: %s", (options, why) => {
  expect(readRest(restConnector.target, options).faults.join("; ")).toContain(why);
});

test("the reply of pages has the type of their items", () => {
  const crm = rest.client<{ readonly list: { readonly reply: { readonly data: readonly { id: number }[] } } }>("./crm.yaml");
  expectTypeOf(crm.operation("list", { pages: { items: "data" } })).toEqualTypeOf<TargetRef<unknown, AsyncIterable<{ id: number }>>>();
  expectTypeOf(crm.operation("list", { stream: true })).toEqualTypeOf<TargetRef<unknown, AsyncIterable<unknown>>>();
});
