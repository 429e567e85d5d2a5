import type { Exchange } from "./exchange.ts";
import type { Readiness } from "./health.ts";
import type { HttpExchange } from "./http-exchange.ts";
import { statusProblem } from "./problem.ts";
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
  const preflight = preflightOf(exchange, table, url);
  if (preflight !== undefined) return preflight(exchange);
  const where = { requestId: exchange.id };
  if (ready !== undefined && !(await ready()).ready)
    return exchange.sendProblem(statusProblem(503, "this node is not ready", where), { "retry-after": 1 });
  if (!isDecodable(url)) return exchange.sendProblem(statusProblem(400, "the path has a broken percent-encoding", where));
  const methods = table.methodsOf(url).join(", ");
  if (methods === "") return exchange.sendProblem(statusProblem(404, "there is nothing at this path", where));
  exchange.sendProblem(statusProblem(405, `this path answers ${methods}`, where), { allow: methods });
}

function preflightOf(exchange: HttpExchange, table: RouteTable, url: string): ((exchange: Exchange) => void) | undefined {
  const method = exchange.headers["access-control-request-method"];
  if (exchange.method !== "OPTIONS" || typeof method !== "string") return undefined;
  return table.find(method, url)?.door.preflight;
}

function isDecodable(url: string): boolean {
  try {
    decodeURI(url);
    return true;
  } catch {
    return false;
  }
}
