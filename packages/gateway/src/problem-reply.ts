import type { Door, WholeReply } from "./door.ts";
import type { Exchange } from "./exchange.ts";
import type { Problem } from "./problem.ts";

/** How a door tells of a problem: in its own format if it has one, else as a problem document. */
export function problemReply(door: Door, problem: Problem, exchange: Exchange): WholeReply {
  if (door.problem !== undefined) return door.problem(problem, exchange);
  const { status, headers, details } = problem;
  return { status, headers, body: JSON.stringify(details) };
}
