import { PortolanError, reportError } from "@portolan/core";

/** JSON of anything that a log line or a listing may hold. What JSON cannot express is named, not thrown at the caller; bytes are base64. */
export function jsonText(value: unknown): string {
  const above: unknown[] = [];
  return (
    JSON.stringify(value, function (this: unknown, _key, entry: unknown) {
      while (above.length > 0 && above.at(-1) !== this) above.pop();
      if (typeof entry === "bigint") return entry.toString();
      if (entry instanceof Uint8Array) return Buffer.from(entry).toString("base64");
      if (entry instanceof PortolanError) return reportError(entry);
      if (entry instanceof Error) return { name: entry.name, message: entry.message, stack: entry.stack };
      if (typeof entry !== "object" || entry === null) return entry;
      if (above.includes(entry)) return "[circular]";
      above.push(entry);
      return entry;
    }) ?? "null"
  );
}
