import { PortolanError } from "@portolan/core";
import type { Exchange } from "../exchange.ts";

/** The path and query of a request as a target with this base path gets them; `segments` of the path are taken off its front. */
export function targetPath({ path, queryText }: Pick<Exchange, "path" | "queryText">, base: string, segments: number): string {
  if (leavesItsPlace(path)) throw new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", "the path has . or .. as a segment", { kind: "invalid" });
  let start = 0;
  // By segments and not by characters: a prefix may come percent-encoded.
  for (let taken = 0; taken < segments; taken++) {
    const next = path.indexOf("/", start + 1);
    start = next < 0 ? path.length : next;
  }
  const rest = base + path.slice(start);
  return `${rest.startsWith("/") ? "" : "/"}${rest}${queryText === "" ? "" : `?${queryText}`}`;
}

/** Whether a server that resolves dots could be led out of the paths that are proxied. */
function leavesItsPlace(path: string): boolean {
  if (!path.includes(".") && !path.includes("%")) return false;
  return decodeURIComponent(path)
    .split(/[/\\]/)
    .some((segment) => segment === "." || segment === "..");
}

export function countSegments(prefix: string): number {
  return prefix.split("/").filter((segment) => segment !== "").length;
}
