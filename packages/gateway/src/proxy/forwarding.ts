import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";
import { PortolanError, type Clock, type Logger } from "@portolan/core";
import type { BalancedTarget, TargetOutcome } from "../balancer/balanced-target.ts";
import type { Balancer } from "../balancer/balancer.ts";
import type { Exchange } from "../exchange.ts";
import { allOut, requestFault, targetFailed } from "./proxy-error.ts";
import { replyTrailers, type ReplyHead, type UpstreamHeaders } from "./reply-head.ts";
import type { RequestHead } from "./request-head.ts";
import { connect } from "./connect.ts";
import { isRepeatable, type RetryPolicy } from "./retry-policy.ts";
import { targetPath } from "./target-path.ts";
import type { ProxyTarget } from "./targets.ts";

/** What all requests of a proxy share. */
export interface ForwardingRules {
  readonly balancer: Balancer;
  readonly targets: ReadonlyMap<BalancedTarget, ProxyTarget>;
  readonly requestHead: RequestHead;
  readonly replyHead: ReplyHead;
  readonly retry: RetryPolicy;
  /** What tells the caller apart from others, for the balancer. */
  readonly keyOf: (exchange: Exchange) => string;
  readonly stripSegments: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Answers that say that the target is not well. */
const NOT_WELL = new Set([502, 503, 504]);

/** So many bytes of an answer wait for a slow caller at the most, besides those in the sockets' buffers. */
const MAX_WAITING_BYTES = 64 * 1024;

/** Sends a request on to a target, with the body if it was read already. Resolves when the caller has the answer, whatever it is. */
export function forward(exchange: Exchange, rules: ForwardingRules, body?: Buffer): Promise<void> {
  return new Promise((resolve) => new Forwarding(exchange, rules, resolve).start(body));
}

type Taken = IteratorResult<Uint8Array, undefined>;
const END: Taken = { done: true, value: undefined };

/**
 * One request on its way through a proxy: the handler of its answer, and that answer's body. An answer that is there at once is sent as
 * one reply, any other as a stream. Measured: a promise for each chunk would cost a small answer a tenth of its time.
 */
class Forwarding implements Dispatcher.DispatchHandler, AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined> {
  readonly #exchange: Exchange;
  readonly #rules: ForwardingRules;
  readonly #settled: () => void;
  readonly #isRepeatable: boolean;
  readonly #tried = new Set<BalancedTarget>();
  #body: AsyncIterable<Uint8Array> | Buffer | undefined;
  #attempts = 0;
  #target: BalancedTarget | undefined;
  #url: URL | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  /** Whether anything of the request has left, in any attempt. */
  #isSent = false;
  #isWhollySent = false;
  #state: State = "asking";
  #status = 0;
  #headers: UpstreamHeaders = {};
  #chunks: Uint8Array[] = [];
  #waitingBytes = 0;
  #isComplete = false;
  #hasTrailers = false;
  #isReplying = false;
  #failure: PortolanError | undefined;
  #taker: PromiseWithResolvers<Taken> | undefined;

  constructor(exchange: Exchange, rules: ForwardingRules, settled: () => void) {
    this.#exchange = exchange;
    this.#rules = rules;
    this.#settled = settled;
    this.#isRepeatable = isRepeatable(exchange);
  }

  start(body: Buffer | undefined): void {
    this.#body = body;
    this.#exchange.whenStopped(this.#stop);
    this.#ask();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#isSent = true;
    // The caller left while the request waited for a connection.
    if (this.#state === "over") controller.abort(asError(this.#failure));
  }

  onRequestSent(): void {
    this.#isWhollySent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: UpstreamHeaders): void {
    if (status < 200 || this.#state === "over") return;
    this.#tell(NOT_WELL.has(status) ? "failed" : "well");
    if (this.#rules.retry.afterStatus(status, { attempts: this.#attempts, isRepeatable: this.#isRepeatable })) {
      this.#state = "discarding";
      return;
    }
    this.#state = "answering";
    this.#status = status;
    this.#headers = headers;
    queueMicrotask(this.#reply);
  }

  onRequestUpgrade(...[, , headers, upstream]: [Dispatcher.DispatchController, number, UpstreamHeaders, Duplex]): void {
    const { upgrade } = this.#exchange;
    if (this.#state === "over" || upgrade === undefined) return void upstream.destroy();
    this.#tell("well");
    const head = {
      connection: "Upgrade",
      upgrade: String(headers["upgrade"]),
      ...this.#rules.replyHead(headers, { target: this.#url, isWhole: false }),
    };
    connect(upgrade(head), upstream, () => this.#release());
    this.#end();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.#waitingBytes += chunk.length;
    if (this.#state === "answering") {
      const taker = this.#taker;
      this.#taker = undefined;
      if (taker === undefined) this.#chunks.push(chunk);
      else {
        this.#waitingBytes -= chunk.length;
        taker.resolve({ done: false, value: chunk });
      }
      if (this.#waitingBytes > MAX_WAITING_BYTES) controller.pause();
    } else if (this.#waitingBytes > MAX_WAITING_BYTES) controller.abort(new Error("the answer is not wanted"));
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: UpstreamHeaders): void {
    this.#release();
    if (this.#state === "discarding") return this.#askAgain();
    this.#isComplete = true;
    const sent = replyTrailers(trailers);
    this.#hasTrailers = sent !== undefined;
    if (sent !== undefined) this.#exchange.addTrailers(sent);
    this.#taker?.resolve(END);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#state === "asking" && !(error instanceof PortolanError)) this.#tell("failed");
    this.#release();
    if (this.#state === "over") return;
    if (this.#state === "discarding") return this.#askAgain();
    const failure = error instanceof PortolanError ? error : targetFailed(error, this.#url);
    if (this.#state === "answering") return this.#break(failure);
    const attempt = { attempts: this.#attempts, isRepeatable: this.#isRepeatable, isSent: this.#isSent };
    if (!(error instanceof PortolanError) && this.#rules.retry.afterFailure(attempt)) return this.#askAgain();
    this.#refuse(failure);
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return this;
  }

  next(): Promise<Taken> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#waitingBytes -= chunk.length;
      if (this.#waitingBytes === 0) this.#controller?.resume();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#isComplete) return Promise.resolve(END);
    this.#taker = Promise.withResolvers<Taken>();
    return this.#taker.promise;
  }

  /** The caller takes no more. */
  return(): Promise<Taken> {
    this.#stop(new PortolanError("PORTOLAN_CALLER_GONE", "the caller takes no more of the answer"));
    return Promise.resolve(END);
  }

  #ask(): void {
    if (this.#state === "over") return;
    const { balancer, targets, requestHead, keyOf, stripSegments } = this.#rules;
    const exchange = this.#exchange;
    const chosen = balancer.take({ key: keyOf(exchange), tried: this.#tried });
    const target = chosen === undefined ? undefined : targets.get(chosen);
    if (chosen === undefined || target === undefined) return this.#refuse(allOut(balancer.returnsInMs()));
    this.#target = chosen;
    this.#url = target.url;
    this.#tried.add(chosen);
    this.#attempts += 1;
    this.#state = "asking";
    this.#waitingBytes = 0;
    this.#isWhollySent = false;
    try {
      if (exchange.hasBody) this.#body ??= exchange.streamBody();
      target.pool.dispatch(
        {
          // Any method may be sent, and any async iterable be a body (undici's core/request.js); its types say less.
          method: exchange.method as Dispatcher.HttpMethod,
          path: targetPath(exchange, target.base, stripSegments),
          headers: requestHead(exchange, this.#body !== undefined),
          upgrade: exchange.upgrade === undefined ? null : String(exchange.headers["upgrade"]),
          body: (this.#body ?? null) as NonNullable<Dispatcher.DispatchOptions["body"]> | null,
        },
        this,
      );
    } catch (thrown) {
      this.#release();
      this.#refuse(requestFault(thrown));
    }
  }

  #askAgain(): void {
    const waitMs = this.#rules.retry.waitMs(this.#attempts);
    this.#state = "asking";
    if (waitMs === 0) this.#ask();
    else this.#rules.clock.after(waitMs, () => this.#ask());
  }

  /** Runs when what came together with the head has been taken in. */
  readonly #reply = (): void => {
    if (this.#state === "over") return;
    if (this.#failure !== undefined) return this.#refuse(this.#failure);
    const exchange = this.#exchange;
    // What trailers follow on is sent in chunks.
    const isWhole = this.#isComplete && exchange.method !== "HEAD" && !this.#hasTrailers;
    const headers = this.#rules.replyHead(this.#headers, { target: this.#url, isWhole });
    this.#isReplying = true;
    try {
      if (isWhole) {
        const [first = NOTHING] = this.#chunks;
        exchange.reply(this.#status, headers, this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first);
        this.#end();
      } else exchange.replyStream(this.#status, headers, this).then(() => this.#end(), this.#fail);
    } catch (thrown) {
      this.#fail(thrown);
    }
  };

  readonly #fail = (thrown: unknown): void => {
    if (!(thrown instanceof PortolanError)) this.#controller?.abort(asError(thrown));
    this.#refuse(thrown instanceof PortolanError ? thrown : targetFailed(thrown, this.#url));
  };

  readonly #stop = (reason: PortolanError): void => {
    if (this.#state === "over" || this.#isComplete) return;
    // A caller who is slow with its body is no fault of the target's.
    if (this.#state === "asking" && this.#isWhollySent && reason.code === "PORTOLAN_TIMEOUT") this.#tell("failed");
    this.#break(reason);
    const wasReplying = this.#isReplying;
    this.#state = "over";
    this.#controller?.abort(reason);
    // A reply that is under way ends by itself.
    if (!wasReplying) this.#end();
  };

  #break(failure: PortolanError): void {
    this.#failure ??= failure;
    this.#chunks.length = 0;
    this.#taker?.reject(this.#failure);
    this.#taker = undefined;
  }

  #refuse(error: PortolanError): void {
    if (error.code === "PORTOLAN_TARGET_FAILED")
      this.#rules.log.log("warn", "a proxied request failed", {
        requestId: this.#exchange.id,
        target: error.endpoint,
        error: error.message,
      });
    this.#exchange.fail(error);
    this.#end();
  }

  #end(): void {
    this.#state = "over";
    this.#exchange.whenStopped(undefined);
    this.#settled();
  }

  #tell(outcome: TargetOutcome): void {
    if (this.#target !== undefined) this.#rules.balancer.tell(this.#target, outcome);
  }

  #release(): void {
    if (this.#target !== undefined) this.#rules.balancer.release(this.#target);
    this.#target = undefined;
  }
}

const NOTHING = Buffer.alloc(0);

/** `discarding`: an answer that another attempt follows on. `over`: nothing is to be done any more. */
type State = "asking" | "discarding" | "answering" | "over";

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the request is not wanted any more");
}
