import { ENDPOINT_DEFAULTS, type DoorOptions } from "./options.ts";
import type { QueryLimits } from "./query-limits.ts";

/** What holds for all of a path. */
export interface EndpointSettings {
  readonly limits: QueryLimits & { readonly operations: number };
  readonly introspection: boolean;
  /** The operations of the file `persisted`, by their hash. */
  readonly persisted: ReadonlyMap<string, string>;
  readonly persistedOnly: boolean;
  readonly requestTimeoutMs: number;
}

/** Of the settings that the doors of a path have, the strictest. */
export function strictest(doors: readonly EndpointSettings[]): EndpointSettings {
  const all = doors.length === 0 ? [settingsOf(ENDPOINT_DEFAULTS, new Map())] : doors;
  const least = (name: keyof EndpointSettings["limits"]) => Math.min(...all.map(({ limits }) => limits[name]));
  return {
    limits: { depth: least("depth"), aliases: least("aliases"), cost: least("cost"), operations: least("operations") },
    introspection: all.every(({ introspection }) => introspection),
    persisted: new Map(all.flatMap(({ persisted }) => [...persisted])),
    persistedOnly: all.some(({ persistedOnly }) => persistedOnly),
    requestTimeoutMs: Math.min(...all.map(({ requestTimeoutMs }) => requestTimeoutMs)),
  };
}

export function settingsOf(
  options: Pick<DoorOptions, keyof typeof ENDPOINT_DEFAULTS>,
  persisted: ReadonlyMap<string, string>,
): EndpointSettings {
  const { limits, introspection, persistedOnly, requestTimeout } = options;
  return { limits, introspection, persisted, persistedOnly, requestTimeoutMs: requestTimeout };
}
