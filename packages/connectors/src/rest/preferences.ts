import { PortolanError } from "@portolan/core";
import type { ReplyHeaders } from "@portolan/gateway";

/** What a caller prefers to get of a mock (RFC 7240). */
export interface Preferences {
  readonly code: number | undefined;
  /** The name of an example. */
  readonly example: string | undefined;
  /** Made of the schema, though there are examples. */
  readonly dynamic: boolean;
  readonly seed: string | undefined;
  /** What is said about it in the reply. */
  readonly applied: ReplyHeaders;
}

const KNOWN = ["code", "example", "dynamic", "seed"];

export function preferencesOf(header: string | readonly string[] | undefined): Preferences {
  const text = header === undefined ? "" : [header].flat().join(",");
  const all = new Map(
    [...text.matchAll(/([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,;]*))/g)].map(
      ([, name = "", quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? ""] as const,
    ),
  );
  const code = all.get("code");
  if (code !== undefined && !/^[1-5]\d\d$/.test(code))
    throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `the preference code is "${code}"; expected a status such as 404`);
  const applied = KNOWN.flatMap((name) => (all.has(name) ? [`${name}=${all.get(name)}`] : [])).join(", ");
  return {
    code: code === undefined ? undefined : Number(code),
    example: all.get("example"),
    dynamic: all.get("dynamic") === "true",
    seed: all.get("seed"),
    applied: applied === "" || !/^[\x20-\x7e]+$/.test(applied) ? {} : { "preference-applied": applied },
  };
}
