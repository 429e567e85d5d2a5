import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createMessage, type HeaderValue, type SendRequest } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createVirtualClock, openTarget } from "@portolan/testkit";
import { restConnector } from "../index.ts";

export interface Got {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (got: Got, response: ServerResponse) => void;

export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on TCP has an address of three parts.
  return (server.address() as AddressInfo).port;
}

/** Another system on a real port, and a client that calls it. */
export async function openRemote(
  options: (origin: string) => Readonly<Record<string, unknown>>,
  answer: Answer = accept,
  readFile?: (path: string) => unknown,
) {
  const got: Got[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() };
    got.push(one);
    answer(one, response);
  };
  const server = createServer((request, response) => void serve(request, response));
  const port = await listen(server);
  const clock = createVirtualClock();
  const services = { ...createFormats(), directory: ".", ...(readFile === undefined ? {} : { readFile }) };
  const target = await openTarget(restConnector, options(`http://127.0.0.1:${port}`), { clock, services });
  /** Ends when the work does; timers of retries and limits run meanwhile, and those of timeouts, which are an hour then, do not. */
  const whileWaiting = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    work.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      const due = clock.nextDue();
      if (due !== undefined && due - clock.now() < 3_600_000) await clock.advanceTo(due);
    }
    return work;
  };
  return {
    whileWaiting,
    got,
    server,
    port,
    clock,
    target,
    services,
    send: (body: unknown, headers: Record<string, HeaderValue> = {}, request: Partial<SendRequest> = {}) =>
      target.send(createMessage("m1", body, headers), { mode: "call", key: "m1/route/0", ...request }),
    async [Symbol.asyncDispose]() {
      await target.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

export function accept(_got: Got, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "application/json", "x-served-by": "a", "set-cookie": "s=1" }).end('{"ok":true}');
}

export const status =
  (code: number, headers: Record<string, string> = {}, body = ""): Answer =>
  (_got, response) =>
    void response.writeHead(code, headers).end(body);
