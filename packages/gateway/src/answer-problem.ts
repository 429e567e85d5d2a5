import type { Exchange, ReplyHeaders } from "./exchange.ts";
import type { Problem } from "./problem.ts";

/** Sends a problem document, with headers beside those that it has itself. */
export function answerProblem(exchange: Exchange, { status, headers, details }: Problem, more: ReplyHeaders = {}): void {
  exchange.reply(status, { ...headers, ...more }, JSON.stringify(details));
}
