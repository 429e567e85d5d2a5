import { weightedUrls } from "../balancer/balancer-options.ts";
import type { Exchange } from "../exchange.ts";
import type { ProxyOptions } from "./proxy-options.ts";

/** What a proxy wants of its requests. */
export interface WantedCheck {
  /** The path of the API description in the app. */
  readonly api: string;
  /** Where the paths of the description begin in those that targets get. Default: at the path of its server, else at `targetPath`. */
  readonly apiBase: string | undefined;
  /** The path of the first target's address. */
  readonly targetPath: string;
}

/** A request as it goes to a target. */
export interface CheckedRequest {
  readonly exchange: Exchange;
  /** Still encoded, and without the query. */
  readonly path: string;
}

/**
 * Looks at a request before it goes to a target. Throws a PortolanError, or answers the request itself, if it is not to go on: `undefined`
 * then. The body is what was read of it for this; left out, it is still to be read.
 */
export type RequestCheck = (request: CheckedRequest) => Promise<{ readonly body?: Buffer } | undefined>;

/** The check that a proxy wants; undefined if it sends everything on. */
export function wantedCheck({ api, apiBase, targets }: ProxyOptions): WantedCheck | undefined {
  if (api === undefined) return undefined;
  const [first] = weightedUrls(targets);
  return { api, apiBase, targetPath: new URL(first?.url ?? "").pathname.replace(/\/$/, "") };
}
