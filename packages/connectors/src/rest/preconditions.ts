import { createHash } from "node:crypto";
import { PortolanError, type HeaderValue } from "@portolan/core";

/** The strong entity tag of data, the same for equal JSON: `"…"` as the header ETag has it. */
export function etagOf(value: unknown): string {
  const bytes = value instanceof Uint8Array ? value : (JSON.stringify(value) ?? "null");
  return `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
}

/**
 * Throws PORTOLAN_PRECONDITION_FAILED (412) if the caller wants to change something else than what there is (RFC 9110, section 13.1): its
 * If-Match does not name the tag, or its If-None-Match does. `current` is the tag of what there is, undefined if there is nothing.
 *
 * ```ts
 * route("change").from(rest.put("/orders/:id")).map((m) => { checkMatch(m, etagOf(orders.get(m.headers["path-id"]))); … });
 * ```
 */
export function checkMatch(
  { headers }: { readonly headers: Readonly<Record<string, HeaderValue | undefined>> },
  current: string | undefined,
): void {
  const [wanted, refused] = [headers["if-match"], headers["if-none-match"]];
  if (wanted !== undefined && !names(String(wanted), current, (tag) => tag)) throw failed(`If-Match is ${String(wanted)}`, current);
  if (refused !== undefined && names(String(refused), current, withoutWeakness))
    throw failed(`If-None-Match is ${String(refused)}`, current);
}

function names(list: string, current: string | undefined, form: (tag: string) => string): boolean {
  if (current === undefined) return false;
  // If-Match compares strongly: a weak tag is like no other.
  return list.trim() === "*" || [...list.matchAll(/(?:W\/)?"[^"]*"/g)].some(([tag]) => form(tag) === form(current));
}

function withoutWeakness(tag: string): string {
  return tag.replace(/^W\//, "");
}

function failed(found: string, current: string | undefined): PortolanError {
  return new PortolanError(
    "PORTOLAN_PRECONDITION_FAILED",
    `${found}, and ${current === undefined ? "there is nothing" : `the content is ${current}`}`,
  );
}
