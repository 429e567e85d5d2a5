import type { Exchange } from "@portolan/gateway";

export interface FakeRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Exchange["headers"];
  readonly body?: Buffer;
  /** Called with the status of the reply. */
  readonly replied?: (status: number) => void;
}

const ORIGIN = { address: "127.0.0.1", chain: ["127.0.0.1"], scheme: "http", host: "bench" } as const;

/** A request without a wire, so that nothing is measured but what is done with it. */
export function fakeExchange({ method = "GET", path = "/a", headers = {}, body, replied = nothing }: FakeRequest): Exchange {
  // As many listeners on one signal would be a leak that no host has.
  let abort: AbortController | undefined;
  return {
    id: "bench",
    method,
    path,
    callerAddress: ORIGIN.address,
    origin: ORIGIN,
    params: {},
    queryText: "",
    query: {},
    headers,
    hasBody: body !== undefined,
    get signal() {
      return (abort ??= new AbortController()).signal;
    },
    open: true,
    whenStopped: nothing,
    readBody: async () => body ?? Buffer.alloc(0),
    async *streamBody() {
      if (body !== undefined) yield body;
    },
    addHeaders: nothing,
    reply: replied,
    async replyStream(status) {
      replied(status);
    },
    sendProblem: ({ status }) => replied(status),
    fail: () => replied(500),
  };
}

function nothing(): void {}
