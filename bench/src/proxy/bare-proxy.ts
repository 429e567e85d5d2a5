import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Pool, type Dispatcher } from "undici";

/** What somebody writes by hand who knows node:http and undici: streams both ways, headers of the hop, an answer to what fails. */
const [port = "", upstream = ""] = process.argv.slice(2);
const pool = new Pool(upstream, { connections: 256 });
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "expect"]);

function forwarded(request: IncomingMessage): string[] {
  const headers: string[] = [];
  for (const [name, value] of Object.entries(request.headers))
    if (typeof value === "string" && !HOP_BY_HOP.has(name)) headers.push(name, value);
  headers.push("x-forwarded-for", request.socket.remoteAddress ?? "");
  return headers;
}

function answer(request: IncomingMessage, response: ServerResponse): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | undefined;
  response.on("close", () => {
    if (!response.writableFinished) controller?.abort(new Error("the caller left"));
  });
  response.on("drain", () => controller?.resume());
  return {
    onRequestStart: (started) => void (controller = started),
    onResponseStart(_controller, status, headers) {
      const own: Record<string, string | string[]> = {};
      for (const [name, value] of Object.entries(headers)) if (value !== undefined && !HOP_BY_HOP.has(name)) own[name] = value;
      response.writeHead(status, own);
    },
    onResponseData(started, chunk) {
      if (!response.write(chunk)) started.pause();
    },
    onResponseEnd: () => void response.end(),
    onResponseError() {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    },
  };
}

createServer((request, response) => {
  const hasBody = request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
  const { method = "GET", url = "/" } = request;
  pool.dispatch(
    { method: method as Dispatcher.HttpMethod, path: url, headers: forwarded(request), body: hasBody ? request : null },
    answer(request, response),
  );
}).listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));
