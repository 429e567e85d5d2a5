import type { ReplyHeaders } from "./exchange.ts";
import type { Readiness } from "./health.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { statusProblem, type Problem } from "./problem.ts";
import type { RouteTable } from "./route-table.ts";

/**
 * Answers a request that no door takes. While the node is not ready that is 503: its doors may not be mounted yet, and a
 * caller that is told 404 would give up.
 */
export async function answerNowhere(
  exchange: HttpExchange,
  table: RouteTable,
  ready: (() => Readiness | Promise<Readiness>) | undefined,
): Promise<void> {
  const url = exchange.request.url ?? "";
  const where = { requestId: exchange.id };
  if (ready !== undefined && !(await ready()).ready)
    return answerWith(exchange, statusProblem(503, "this node is not ready", where), { "retry-after": 1 });
  if (!isDecodable(url)) return exchange.sendProblem(statusProblem(400, "the path has a broken percent-encoding", where));
  const methods = table.methodsOf(url).join(", ");
  if (methods === "") return exchange.sendProblem(statusProblem(404, "there is nothing at this path", where));
  answerWith(exchange, statusProblem(405, `this path answers ${methods}`, where), { allow: methods });
}

function answerWith(exchange: HttpExchange, { status, headers, details }: Problem, more: ReplyHeaders): void {
  exchange.reply(status, { ...headers, ...more }, JSON.stringify(details));
}

function isDecodable(url: string): boolean {
  try {
    decodeURI(url);
    return true;
  } catch {
    return false;
  }
}
