import { createServer } from "node:http";

/** The server behind all proxies: a small JSON document, or the body that it got. */
const item = JSON.stringify({ id: "i-1", text: "x".repeat(720) });
const server = createServer((request, response) => {
  if (request.method !== "GET") return void request.pipe(response);
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(item) });
  response.end(item);
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write("ready\n"));
