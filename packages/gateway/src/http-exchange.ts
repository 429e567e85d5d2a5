import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from "node:http";
import { parse as parseQuery } from "node:querystring";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { PortolanError, type Logger } from "@portolan/core";
import { discardBody, readBody, refuseLength, type BodyReader, type BodyTaker } from "./body.ts";
import { streamBody, type BodyStream } from "./body-stream.ts";
import type { CallerOrigin, OriginFinder } from "./caller-origin.ts";
import type { Connection, OpenExchange } from "./connection.ts";
import type { Door } from "./door.ts";
import type { Exchange, ReplyHeaders } from "./exchange.ts";
import { cutOff, streamOf } from "./http2-request.ts";
import { STATUS_CODES } from "./node-http.ts";
import { problemOf, type Problem } from "./problem.ts";
import { problemReply } from "./problem-reply.ts";
import { pathOf, type FoundDoor } from "./route-table.ts";

/** What an exchange needs of the host that it belongs to. */
export interface ExchangeHost {
  readonly log: Logger;
  /** Replies end their connection when the host is closing. */
  readonly closing: boolean;
  readonly maxBodyBytes: number;
  readonly handlerTimeoutMs: number;
  /** When a limit that begins now has passed. */
  readonly deadline: (limitMs: number) => number;
  readonly originOf: OriginFinder;
}

export interface HttpRequest {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The caller waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  readonly connection: Connection<HttpExchange>;
  /** Of a request that asks for another protocol: the connection, and what came on it behind the request. */
  readonly upgraded?: { readonly socket: Duplex; readonly head: Buffer } | undefined;
}

/** `replied`: by the door, once. `given up`: the caller has gone or was answered by the host, and what the door says is dropped. */
type State = "open" | "replied" | "given up";

/** The exchange of a request that came through node:http. */
export class HttpExchange implements Exchange, OpenExchange {
  readonly id: string;
  readonly request: IncomingMessage;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly queryText: string;
  /** When the caller is told that the door takes too long, on the clock of the host's sweep. */
  deadline = Infinity;
  /** Set when the connection is of no use after this reply. */
  endsConnection = false;
  /** Called when the door replies with success. */
  onSuccess: ((headers: ReplyHeaders) => void) | undefined;
  readonly #response: ServerResponse;
  readonly #host: ExchangeHost;
  readonly #door: Door;
  readonly #maxBodyBytes: number;
  readonly #timeLimitMs: number;
  /** The caller waits to be told that it may send the body. */
  #expectsContinue: boolean;
  readonly #connection: Connection<HttpExchange>;
  readonly #upgraded: HttpRequest["upgraded"];
  #state: State = "open";
  #added: OutgoingHttpHeader[] | undefined;
  #trailers: ReplyHeaders | undefined;
  #reader: BodyReader | undefined;
  #stream: BodyStream | undefined;
  #abort: AbortController | undefined;
  #whenStopped: ((reason: PortolanError) => void) | undefined;
  #reason: PortolanError | undefined;
  #origin: CallerOrigin | undefined;

  constructor(http: HttpRequest, found: FoundDoor, host: ExchangeHost) {
    this.id = http.id;
    this.request = http.request;
    this.params = found.params;
    this.queryText = found.queryText;
    this.#response = http.response;
    this.#host = host;
    this.#door = found.door;
    this.#maxBodyBytes = found.door.maxBodyBytes ?? host.maxBodyBytes;
    this.#timeLimitMs = found.door.timeoutMs ?? host.handlerTimeoutMs;
    this.#expectsContinue = http.expectsContinue;
    this.#connection = http.connection;
    this.#upgraded = http.upgraded;
    http.connection.add(this);
  }

  get method(): string {
    return this.request.method ?? "";
  }

  get path(): string {
    return pathOf(this.request.url ?? "");
  }

  get callerAddress(): string {
    return this.origin.address;
  }

  get origin(): CallerOrigin {
    return (this.#origin ??= this.#host.originOf(this.request));
  }

  get headers(): Readonly<Record<string, string | readonly string[] | undefined>> {
    return this.request.headers;
  }

  get query(): Readonly<Record<string, string | readonly string[] | undefined>> {
    // Without a limit of its own: the query is as long as the header limit allows, and nothing of it is dropped.
    return parseQuery(this.queryText, "&", "=", { maxKeys: 0 });
  }

  get hasBody(): boolean {
    // node:http ends requests that announce no body before they are served (optimizeEmptyRequests).
    return !this.request.readableEnded && streamOf(this.request)?.endAfterHeaders !== true;
  }

  get open(): boolean {
    return this.#state === "open";
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#reason !== undefined && !this.#abort.signal.aborted) this.#abort.abort(this.#reason);
    return this.#abort.signal;
  }

  whenStopped(callback: ((reason: PortolanError) => void) | undefined): void {
    if (this.#reason !== undefined) callback?.(this.#reason);
    else this.#whenStopped = callback;
  }

  /** Whether the host has taken the request out of the door's hands: the caller has gone, or is answered by the host. */
  get stopped(): boolean {
    return this.#reason !== undefined;
  }

  /** Whether the reply has begun, so that no other can be sent. */
  get begun(): boolean {
    return this.#response.headersSent;
  }

  get upgrade(): Exchange["upgrade"] {
    const upgraded = this.#upgraded;
    if (upgraded === undefined || this.#state !== "open") return undefined;
    return (headers) => {
      this.#mayReply();
      const { socket, head } = upgraded;
      this.#response.detachSocket(socket as Socket);
      socket.write(switchingHead(this.#head(headers)), "latin1");
      if (head.length > 0) socket.unshift(head);
      this.#end("replied");
      return socket;
    };
  }

  /** The door's time begins: with the request, and anew with each piece of a body that is streamed. */
  limitTime(): void {
    this.deadline = this.#host.deadline(this.#timeLimitMs);
  }

  readBody(): Promise<Buffer> {
    return new Promise((take, lose) => this.handBody({ take, lose }));
  }

  /** `readBody` without a promise. */
  handBody(taker: BodyTaker): void {
    if (this.#reason !== undefined) return taker.lose(this.#reason);
    this.#reader = readBody(this.request, this.#maxBodyBytes, taker);
    if (this.#reader.wanted) this.#invite();
  }

  streamBody(): AsyncIterable<Uint8Array> {
    const refusal = refuseLength(this.request, this.#maxBodyBytes);
    if (refusal !== undefined) throw refusal;
    const stream = streamBody(this.request, this.#maxBodyBytes, {
      begun: () => this.#invite(),
      moved: () => this.limitTime(),
    });
    if (this.#reason !== undefined) stream.cancel(this.#reason);
    this.#reader = this.#stream = stream;
    return stream.chunks;
  }

  addHeaders(headers: ReplyHeaders): void {
    pushHeaders((this.#added ??= []), headers);
  }

  addTrailers(trailers: ReplyHeaders): void {
    this.#trailers = trailers;
  }

  reply(status: number, headers: ReplyHeaders, body: string | Uint8Array = ""): void {
    // Also when the caller has gone: what was done is done.
    if (this.onSuccess !== undefined && status < 400) this.onSuccess(headers);
    if (!this.#mayReply()) return;
    const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
    const head = this.#head(headers);
    if (status !== 204 && status !== 304) head.push("content-length", length);
    this.#response.writeHead(status, head);
    this.#response.end(body);
    this.#end("replied");
  }

  async replyStream(status: number, headers: ReplyHeaders, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.onSuccess !== undefined && status < 400) this.onSuccess(headers);
    if (!this.#mayReply()) return;
    const response = this.#response;
    response.writeHead(status, this.#head(headers));
    if (this.method !== "HEAD") {
      // The head does not wait for a first chunk that is long in coming.
      const flush = setImmediate(() => response.flushHeaders());
      for await (const chunk of chunks) {
        clearImmediate(flush);
        if (!this.open) return;
        if (!response.write(chunk)) await writable(response, this.signal);
        this.limitTime();
      }
      clearImmediate(flush);
    }
    if (!this.open) return;
    if (this.#trailers !== undefined) response.addTrailers(trailersOf(this.#trailers));
    response.end();
    this.#end("replied");
  }

  fail(error: PortolanError): void {
    if (error.kind === "defect" || this.#state === "replied") this.#logFailure(error);
    if (this.#state !== "open") return;
    if (this.begun) this.destroy(error);
    else this.sendProblem(problemOf(error, { requestId: this.id }));
  }

  /** The door took too long. */
  expire(): void {
    this.overrule(new PortolanError("PORTOLAN_TIMEOUT", "the door did not answer in time"));
  }

  /** Answers in place of the door, which is told through the signal. What it says later is dropped. */
  overrule(error: PortolanError): void {
    this.#stop(error);
    this.fail(error);
    this.#state = "given up";
  }

  sendProblem(problem: Problem, more: ReplyHeaders = {}): void {
    const { status, headers, body } = problemReply(this.#door, problem, this);
    this.reply(status, { ...headers, ...more }, body);
  }

  /** Ends the exchange without a reply of its own: the caller has gone, or was answered by other means. */
  giveUp(reason: PortolanError): void {
    if (this.#state !== "open") return;
    this.#stop(reason);
    this.#end("given up");
  }

  /** Cuts the connection: the only way to say that a reply which has begun is not complete. */
  destroy(reason: PortolanError): void {
    this.giveUp(reason);
    cutOff(this.request);
  }

  #invite(): void {
    if (!this.#expectsContinue || this.begun) return;
    this.#expectsContinue = false;
    this.#response.writeContinue();
  }

  #mayReply(): boolean {
    if (this.#state === "replied") throw new PortolanError("PORTOLAN_CALLBACK_FAILED", `the door replied twice to request ${this.id}`);
    return this.#state === "open";
  }

  #head(headers: ReplyHeaders): OutgoingHttpHeader[] {
    const head: OutgoingHttpHeader[] = ["x-request-id", this.id];
    pushHeaders(head, headers);
    if (this.#added !== undefined) head.push(...this.#added);
    if (this.#host.closing || this.endsConnection) head.push("connection", "close");
    return head;
  }

  #stop(reason: PortolanError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#reader?.cancel(reason);
    this.#abort?.abort(reason);
    this.#whenStopped?.(reason);
  }

  #end(state: State): void {
    this.#state = state;
    this.#connection.delete(this);
    // What the door left unread is taken off the wire, so that the caller gets to the reply and the connection can be used again.
    if (state !== "replied" || this.request.complete || !this.hasBody || this.#expectsContinue) return;
    this.#stream?.cancel(new PortolanError("PORTOLAN_CALLER_GONE", "the reply did not wait for the end of the body"));
    discardBody(this.request, Math.min(this.#maxBodyBytes, this.#host.maxBodyBytes));
  }

  #logFailure(error: PortolanError): void {
    const { code, kind, route, step, messageId } = error;
    const what = this.#state === "replied" ? "a door failed after its reply" : "a request failed";
    this.#host.log.log("error", what, { requestId: this.id, code, kind, route, step, messageId, error: error.message, cause: error.cause });
  }
}

function pushHeaders(head: OutgoingHttpHeader[], headers: ReplyHeaders): void {
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) head.push(name, typeof value === "object" ? [...value] : value);
  }
}

function trailersOf(trailers: ReplyHeaders): [string, string][] {
  return Object.entries(trailers).flatMap(([name, value]) =>
    (typeof value === "object" ? value : [String(value)]).map((one): [string, string] => [name, one]),
  );
}

/** The head of a reply after which the connection speaks another protocol. */
function switchingHead(headers: readonly OutgoingHttpHeader[]): string {
  let text = `HTTP/1.1 101 ${STATUS_CODES[101]}\r\n`;
  for (let index = 0; index < headers.length; index += 2) {
    const values = headers[index + 1];
    for (const value of Array.isArray(values) ? values : [values]) text += `${headers[index]}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/** Resolves when the caller has taken what was written, or can no longer. */
function writable(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    if (signal.aborted) return resolve();
    response.on("drain", done);
    signal.addEventListener("abort", done);
  });
}
