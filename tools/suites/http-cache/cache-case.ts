import type { PolicyOptions } from "@portolan/gateway";

export type CacheOptions = NonNullable<PolicyOptions["cache"]>;
export type Fields = Readonly<Record<string, string | readonly string[]>>;

/** What a cache does with a row of requests to one door. */
export interface CacheCase {
  /** Of RFC 9111, unless it says otherwise. */
  readonly section: string;
  readonly says: string;
  readonly policy?: Partial<CacheOptions>;
  readonly steps: readonly CacheStep[];
}

/** A request, what the door answers if it is asked, and what the caller has to see. */
export interface CacheStep {
  /** Seconds that pass before. */
  readonly after?: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Fields;
  readonly answer?: DoorAnswer;
  /** `checked`: from the door, which was asked whether what the cache has is still right. */
  readonly from: "door" | "cache" | "checked";
  /** Headers that the door sees; null for one that it must not. */
  readonly seen?: Readonly<Record<string, string | null>>;
  readonly status?: number;
  readonly body?: string;
  /** Headers of the reply; null for one that it must not have. */
  readonly reply?: Readonly<Record<string, string | null>>;
}

/** By default 200 and, as the body, how many times the door has been asked. */
export interface DoorAnswer {
  readonly status?: number;
  readonly headers?: Fields;
  readonly body?: string;
  /** It fails instead. */
  readonly fails?: boolean;
  /** What it answers when it is asked once more. */
  readonly next?: DoorAnswer;
}

/** When every case begins. */
export const BEGIN = Date.UTC(2026, 0, 31, 23, 30);

/** A date of HTTP, so many seconds after the beginning. */
export function date(seconds: number): string {
  return new Date(BEGIN + seconds * 1000).toUTCString();
}

/** An answer with these headers. */
export function answer(headers: Fields, more: Omit<DoorAnswer, "headers"> = {}): DoorAnswer {
  return { headers, ...more };
}

/** An answer with this Cache-Control. */
export function control(value: string | readonly string[], headers: Fields = {}): DoorAnswer {
  return { headers: { "cache-control": value, ...headers } };
}

/** One request after another: the first is answered by the door with this, the next comes from where it is said. */
export function twice(given: DoorAnswer, from: CacheStep["from"], more: Partial<CacheStep> = {}): readonly CacheStep[] {
  return [
    { answer: given, from: "door" },
    { from, ...more },
  ];
}
