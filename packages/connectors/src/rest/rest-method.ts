import type { DoorMethod } from "@portolan/gateway";

/** The keys under which flow files name a method; the value is a door's path or a target's URL. */
export const REST_METHODS = {
  get: { method: "GET", hasBody: false },
  post: { method: "POST", hasBody: true },
  put: { method: "PUT", hasBody: true },
  patch: { method: "PATCH", hasBody: true },
  delete: { method: "DELETE", hasBody: false },
  head: { method: "HEAD", hasBody: false },
  options: { method: "OPTIONS", hasBody: false },
  query: { method: "QUERY", hasBody: true },
} as const satisfies Record<string, { readonly method: DoorMethod; readonly hasBody: boolean }>;

export type RestKey = keyof typeof REST_METHODS;

export const REST_KEYS = Object.keys(REST_METHODS) as readonly RestKey[];

/** A method and where it goes, taken from the options' keys. */
export interface RestOperation {
  readonly method: DoorMethod;
  /** Whether its requests have a body. That of a GET or DELETE means nothing (RFC 9110, section 9.3). */
  readonly hasBody: boolean;
  /** The path of a door, the URL of a target. */
  readonly place: string;
}

type Places = { readonly [Key in RestKey]?: string | undefined };

/** The operation that options name; undefined if they name none. */
export function operationOf(options: Places): RestOperation | undefined {
  const key = REST_KEYS.find((one) => options[one] !== undefined);
  const place = key === undefined ? undefined : options[key];
  return key === undefined || place === undefined ? undefined : { ...REST_METHODS[key], place };
}

/** The operation of options that `checkOperation` has passed. */
export function requiredOperation(options: Places): RestOperation {
  const operation = operationOf(options);
  if (operation === undefined) throw new TypeError(`rest options name no method: expected one of ${REST_KEYS.join(", ")}`);
  return operation;
}

/** What is wrong with the choice of a method, in words. */
export function checkOperation(options: Places): readonly string[] {
  const named = REST_KEYS.filter((key) => options[key] !== undefined);
  if (named.length === 1) return [];
  const found = named.length === 0 ? "none" : named.join(" and ");
  return [`expected one method (${REST_KEYS.join(", ")}), found ${found}`];
}
