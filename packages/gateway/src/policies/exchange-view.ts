import { Readable } from "node:stream";
import { PortolanError, asPortolanError } from "@portolan/core";
import type { Door, Handled } from "../door.ts";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { problemReply } from "../problem-reply.ts";

/** Where the replies of a door go in place of the caller. What waits answers a promise. */
export interface Replies {
  reply(status: number, headers: ReplyHeaders, body: string | Uint8Array): void | Promise<void>;
  replyStream(status: number, headers: ReplyHeaders, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** The door failed or ended without a reply. */
  fail(error: PortolanError): void;
}

/** What a door sees otherwise than it came. */
export interface Instead {
  readonly headers?: Exchange["headers"];
  /** The body, where it has been read before. */
  readonly body?: Buffer;
}

/** Runs a door whose replies go to `replies`. Exactly one of those is called, unless the caller's body is lost before. */
export function runDoor(door: Door, exchange: Exchange, { replies, ...instead }: Instead & { readonly replies: Replies }): Handled {
  const view = createView(door, exchange, { replies, ...instead });
  return settle(view, () => {
    const handled = door.handle(view.exchange);
    return instead.body !== undefined && isOnBody(handled) ? handled.body(instead.body) : handled;
  });
}

interface View {
  readonly exchange: Exchange;
  /** The reply that was begun and is not sent yet. */
  readonly late: Promise<void> | undefined;
  end(): void | Promise<void>;
}

function settle(view: View, run: () => Handled): Handled {
  const fail = (thrown: unknown) => {
    view.exchange.fail(asPortolanError(thrown));
    return view.late;
  };
  let handled: Handled;
  try {
    handled = run();
  } catch (thrown) {
    return fail(thrown);
  }
  if (handled === undefined) return view.end();
  if (!isOnBody(handled)) return handled.then(() => view.end(), fail);
  const { body, lost } = handled;
  // A body's continuation does not answer with another one.
  return { body: (bytes) => settle(view, () => body(bytes)) as void | Promise<void>, lost };
}

function isOnBody(handled: Handled): handled is Extract<Handled, { body: unknown }> {
  return handled !== undefined && "body" in handled;
}

function createView(door: Door, inner: Exchange, { replies, headers, body }: Instead & { readonly replies: Replies }): View {
  let isReplied = false;
  let late: Promise<void> | undefined;
  const once = (send: () => void | Promise<void>): void | Promise<void> => {
    if (isReplied) throw new PortolanError("PORTOLAN_CALLBACK_FAILED", `the door replied twice to request ${inner.id}`);
    isReplied = true;
    const sent = send();
    if (sent !== undefined) late = sent;
    return sent;
  };
  const exchange: Exchange = {
    id: inner.id,
    method: inner.method,
    path: inner.path,
    params: inner.params,
    queryText: inner.queryText,
    headers: headers ?? inner.headers,
    callerAddress: inner.callerAddress,
    get origin() {
      return inner.origin;
    },
    get upgrade() {
      const { upgrade } = inner;
      if (upgrade === undefined) return undefined;
      return (given: ReplyHeaders) => {
        isReplied = true;
        return upgrade(given);
      };
    },
    get query() {
      return inner.query;
    },
    get hasBody() {
      return body === undefined ? inner.hasBody : body.length > 0;
    },
    whenStopped: (callback) => inner.whenStopped(callback),
    get signal() {
      return inner.signal;
    },
    get open() {
      return !isReplied && inner.open;
    },
    readBody: () => (body === undefined ? inner.readBody() : Promise.resolve(body)),
    streamBody: () => (body === undefined ? inner.streamBody() : Readable.from(body.length === 0 ? [] : [body])),
    addHeaders: (more) => inner.addHeaders(more),
    addTrailers: (trailers) => inner.addTrailers(trailers),
    reply: (status, given, content = "") => void once(() => replies.reply(status, given, content)),
    replyStream: async (status, given, chunks) => once(() => replies.replyStream(status, given, chunks)),
    sendProblem(problem, more) {
      const { status, headers: given, body: text } = problemReply(door, problem, exchange);
      void once(() => replies.reply(status, { ...given, ...more }, text));
    },
    fail(error) {
      // After a reply there is nobody to be told but the log.
      if (isReplied) inner.fail(error);
      else void once(() => replies.fail(error));
    },
  };
  return {
    exchange,
    get late() {
      return late;
    },
    end() {
      if (!isReplied) exchange.fail(new PortolanError("PORTOLAN_CALLBACK_FAILED", `request ${inner.id} ended without a reply`));
      return late;
    },
  };
}
