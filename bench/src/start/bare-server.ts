import { createServer, type ServerResponse } from "node:http";

/** The same answers from node:http and nothing else. */
function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function answer(response: ServerResponse, bytes: Buffer): void {
  let body: { readonly id: string; readonly total: number };
  try {
    body = JSON.parse(bytes.toString());
  } catch (error) {
    return reply(response, 400, { error: String(error) });
  }
  reply(response, 200, { id: body.id, approval: body.total > 10_000 ? "board" : body.total > 1000 ? "manager" : "none" });
}

const server = createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/price") return reply(response, 404, { error: "not found" });
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => answer(response, Buffer.concat(chunks)));
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write("ready\n"));
