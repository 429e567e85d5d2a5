import http from "node:http";
import https from "node:https";
import { text } from "node:stream/consumers";

import type { ContractAnswer } from "./operation.ts";

/** A request before it has an address. */
export interface ContractRequest {
  readonly method: string;
  /** With its query, such as `/orders/1?limit=5`. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Answers a request, or the reason why there is no answer. */
export type SendRequest = (request: ContractRequest) => Promise<ContractAnswer | RequestFailure>;

export interface RequestFailure {
  readonly failure: string;
  /** Whether asking again is of no use: nobody is there, or nobody answers in time. */
  readonly isFinal: boolean;
}

export interface SenderOptions {
  /** Where the API is, such as `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  /** Sent with every request, such as credentials. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Sends requests over HTTP/1.1 as they are: a client of the web would put paths in order and refuse ports. */
export function createSender({ url, headers, timeoutMs }: SenderOptions): SendRequest {
  const { request: open } = url.startsWith("https:") ? https : http;
  return async (request) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await new Promise((resolve, reject) => {
        const length = request.body === undefined ? {} : { "content-length": String(Buffer.byteLength(request.body)) };
        const { origin, pathname } = new URL(url);
        const sent = open(origin, {
          path: `${pathname === "/" ? "" : pathname}${request.target}`,
          method: request.method,
          headers: { ...request.headers, ...length, ...headers },
          signal,
        });
        sent.on("error", reject);
        sent.on("response", (response) => {
          // The answer may break off, too.
          text(response).then(
            (body) => resolve({ status: response.statusCode ?? 0, headers: plainHeaders(response.headers), body }),
            reject,
          );
        });
        sent.end(request.body);
      });
    } catch (cause) {
      return signal.aborted ? { failure: `gives no answer within ${timeoutMs} ms`, isFinal: true } : failureOf(cause);
    }
  };
}

function plainHeaders(headers: http.IncomingHttpHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function failureOf(cause: unknown): RequestFailure {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ECONNREFUSED") return { failure: "is not there: the connection is refused", isFinal: true };
  return { failure: `breaks off: ${code || (cause instanceof Error ? cause.message : String(cause))}`, isFinal: false };
}

/** The request as a command of a shell, to be tried by hand. */
export function curlOf(request: ContractRequest, url: string, headers: Readonly<Record<string, string>> = {}): string {
  const words = ["curl", "-i"];
  if (request.method !== "GET" || request.body !== undefined) words.push("-X", request.method);
  for (const [name, value] of Object.entries({ ...request.headers, ...headers })) words.push("-H", quoted(`${name}: ${value}`));
  if (request.body !== undefined) words.push("--data-binary", quoted(visible(request)));
  return [...words, quoted(`${url}${request.target}`)].join(" ");
}

/** JSON says the same with escapes in place of characters that nobody sees. */
function visible({ headers, body = "" }: ContractRequest): string {
  if (!/[/+]json\b/i.test(headers["content-type"] ?? "")) return body;
  return body.replaceAll(/[\p{C}\u0085\u00a0\u2000-\u200f\u2028-\u202f\u205f\u3000]/gu, (character) =>
    [...Array(character.length).keys()].map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** As POSIX shells take it: nothing has a meaning between single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
