import { connect, type Socket } from "node:net";

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly method: "GET" | "POST";
  /** Of a POST; JSON unless its headers say otherwise. */
  readonly body?: string;
  readonly requests: number;
  readonly connections: number;
  /** Headers in place of those of JSON; a function is asked for those of each request. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
}

const JSON_HEADERS = { Accept: "application/json", "Content-Type": "application/json" };

/**
 * Sends the same request over and over on a few connections, each waiting for its reply. On bare sockets, since the load must
 * cost less than what it loads. Answers the body of the last reply; a reply other than 200 fails.
 */
export async function exchange(load: Load): Promise<string> {
  let left = load.requests;
  let last = "";
  const request = typeof load.headers === "function" ? undefined : requestBytes(load);
  const worker = async () => {
    const socket = connect(load.port, "127.0.0.1");
    socket.setNoDelay();
    const replies = replyReader(socket);
    while (left > 0) {
      left -= 1;
      const reply = replies();
      socket.write(request ?? requestBytes(load));
      last = await reply;
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: load.connections }, worker));
  return last;
}

function requestBytes({ port, path, method, body, headers = JSON_HEADERS }: Load): Buffer {
  const given = typeof headers === "function" ? headers() : headers;
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "User-Agent: bench",
    ...Object.entries(given).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

/** Reads replies of known length, one at a time. */
function replyReader(socket: Socket): () => Promise<string> {
  let text = "";
  let waiting: { readonly resolve: (body: string) => void; readonly reject: (error: Error) => void } | undefined;
  const fail = (why: string) => waiting?.reject(new Error(`${why}: ${text.slice(0, 400)}`));
  socket.setEncoding("latin1");
  socket.on("error", (error) => fail(error.message));
  socket.on("close", () => fail("the server closed the connection"));
  socket.on("data", (chunk: string) => {
    text += chunk;
    const headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    if (!text.startsWith("HTTP/1.1 200 ")) return fail("expected a reply of 200, found");
    const length = /content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1];
    if (length === undefined) return fail("expected a reply of known length, found");
    const end = headEnd + 4 + Number(length);
    if (text.length < end) return;
    const body = text.slice(headEnd + 4, end);
    text = text.slice(end);
    waiting?.resolve(body);
  });
  return () => new Promise((resolve, reject) => (waiting = { resolve, reject }));
}
