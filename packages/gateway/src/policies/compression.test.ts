import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { request } from "node:http";
import { buffer } from "node:stream/consumers";
import { once } from "node:events";
import { expect, test } from "vitest";
import { getDoor, startBehind } from "./policy-host.test.support.ts";

const TEXT = "portolan ".repeat(500);

const doors = [
  getDoor("/json", (exchange) => exchange.reply(200, { "content-type": "application/json; charset=utf-8", etag: '"t"' }, TEXT)),
  getDoor("/later", async (exchange) => exchange.reply(200, { "content-type": "text/plain" }, Buffer.from(TEXT))),
  getDoor("/small", (exchange) => exchange.reply(200, { "content-type": "text/plain" }, "small")),
  getDoor("/image", (exchange) => exchange.reply(200, { "content-type": "image/png" }, TEXT)),
  getDoor("/fixed", (exchange) => exchange.reply(200, { "content-type": "text/plain", "cache-control": "no-transform" }, TEXT)),
  getDoor("/stream", (exchange) =>
    exchange.replyStream(
      200,
      // What the door says of its own length is not what goes out.
      { "content-type": "text/csv", "Content-Length": String(TEXT.length) },
      (async function* () {
        for (let line = 0; line < 500; line += 1) yield Buffer.from("portolan ");
      })(),
    ),
  ),
];

const start = () => startBehind({ compression: { minBytes: 1024 } }, doors);

/** What is on the wire: fetch would decompress it. */
async function wire(url: string, accept: string, method = "GET") {
  const asked = request(url, { method, headers: { "accept-encoding": accept }, agent: false }).end();
  const [response] = await once(asked, "response");
  return { headers: response.headers as Record<string, string | undefined>, bytes: await buffer(response) };
}

test.each([
  ["gzip", "gzip", gunzipSync],
  ["br, gzip", "br", brotliDecompressSync],
  ["gzip;q=0.5, zstd;q=0.9, br;q=0", "zstd", zstdDecompressSync],
  ["*", "br", brotliDecompressSync],
])("a caller that accepts %s gets %s, whole or as a stream", async (accept, coding, decompress) => {
  await using node = await start();
  for (const path of ["/json", "/later", "/stream"]) {
    const { headers, bytes } = await wire(node.origin + path, accept);
    expect([headers["content-encoding"], headers["vary"]]).toEqual([coding, "accept-encoding"]);
    expect(bytes.length).toBeLessThan(500);
    expect(decompress(bytes).toString()).toBe(TEXT);
  }
});

test("a compressed reply has a weak tag", async () => {
  await using node = await start();
  expect((await wire(`${node.origin}/json`, "gzip")).headers["etag"]).toBe('W/"t"');
  expect((await wire(`${node.origin}/json`, "identity")).headers["etag"]).toBe('"t"');
});

test.each([
  ["/small", "gzip", undefined],
  ["/image", "gzip", undefined],
  ["/fixed", "gzip", undefined],
  ["/json", "identity", "accept-encoding"],
  ["/json", "gzip;q=0", "accept-encoding"],
  ["/stream", "", "accept-encoding"],
])("%s for a caller that accepts %j is sent as it is", async (path, accept, vary) => {
  await using node = await start();
  const { headers, bytes } = await wire(node.origin + path, accept);
  expect([headers["content-encoding"], headers["vary"]]).toEqual([undefined, vary]);
  expect(bytes.toString()).toBe(path === "/small" ? "small" : TEXT);
});

test("HEAD is told the length of what GET would send, and a cache inside keeps the plain reply", async () => {
  const cache = { ttl: 60_000, staleWhileRevalidate: 0, staleIfError: 0, maxReply: 100_000, vary: [], maxBytes: 100_000 };
  await using node = await startBehind({ compression: { minBytes: 1024 }, cache }, doors);
  const got = await wire(`${node.origin}/json`, "gzip");
  const head = await wire(`${node.origin}/json`, "gzip", "HEAD");
  expect([head.headers["content-length"], head.bytes.length]).toEqual([String(got.bytes.length), 0]);
  const plain = await wire(`${node.origin}/json`, "identity");
  expect([plain.headers["cache-status"], plain.bytes.toString()]).toEqual(["portolan; hit", TEXT]);
});

test("a caller that leaves in the middle of a compressed stream ends it", async () => {
  const ended = Promise.withResolvers<void>();
  const endless = getDoor("/endless", (exchange) =>
    exchange.replyStream(
      200,
      { "content-type": "text/plain" },
      (async function* () {
        try {
          // Chance bytes, so that the compressor lets something out.
          for (;;) yield crypto.getRandomValues(new Uint8Array(16_384));
        } finally {
          ended.resolve();
        }
      })(),
    ),
  );
  await using node = await startBehind({ compression: { minBytes: 0 } }, [endless]);
  const asked = request(`${node.origin}/endless`, { headers: { "accept-encoding": "gzip" }, agent: false }).end();
  const [response] = await once(asked, "response");
  await once(response, "data");
  response.on("error", () => undefined);
  asked.destroy();
  await ended.promise;
  expect((await node.get("/health/live")).status).toBe(200);
});
