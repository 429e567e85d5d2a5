import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Ajv2020 } from "ajv/dist/2020.js";
import { ORDER_SCHEMA, receiptOf, type Order } from "./order.ts";

/** What somebody writes by hand who knows node:http and ajv: one path, a limit, an answer to everything that is wrong. */
const MAX_BYTES = 1024 * 1024;
const validate = new Ajv2020().compile<Order>(ORDER_SCHEMA);

function reply(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function answer(response: ServerResponse, bytes: Buffer): void {
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString());
  } catch (error) {
    return reply(response, 400, { error: String(error) });
  }
  if (validate(body)) reply(response, 200, receiptOf(body));
  else reply(response, 400, { errors: validate.errors });
}

function readAndAnswer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= MAX_BYTES) chunks.push(chunk);
  });
  request.on("end", () => {
    if (size > MAX_BYTES) return reply(response, 413, { error: "too large" });
    const [first] = chunks;
    answer(response, first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
  });
  request.on("error", () => response.destroy());
}

const server = createServer((request, response) => {
  if (request.method !== "POST" || request.url !== "/orders") return reply(response, 404, { error: "not found" });
  if (request.headers["content-type"] !== "application/json") return reply(response, 415, { error: "expected JSON" });
  readAndAnswer(request, response);
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write("ready\n"));
