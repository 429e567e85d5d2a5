import { createHash } from "node:crypto";

/**
 * The id of a message that a source makes of what it knows of it: the same on every attempt, and fit to be a part of a file's
 * name. The source's own name may hold a folder, which is nobody's business outside, where ids travel as idempotency keys.
 */
export function messageId(source: string, ...parts: readonly (string | number)[]): string {
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 16);
  return [hash, ...parts.map((part) => String(part).replaceAll(/[^\w.]/g, "_"))].join("-");
}
