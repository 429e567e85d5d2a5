import { NO_ATTRIBUTES, type Headers, type Message } from "@portolan/core";

/** What was put aside: the body and the headers of that time. */
export interface Check {
  readonly body: unknown;
  readonly headers: Headers;
}

/** Checks that are kept with a message: under keys, and on a stack. */
export interface Checks {
  readonly keyed: Readonly<Record<string, Check>>;
  readonly stack: readonly Check[];
}

/**
 * They travel as an attribute that no expression can name. So a copy starts with its parent's and gives none back,
 * and a step that is retried finds them as they were.
 */
const CHECKS = Symbol("portolan.claimChecks");

const NONE: Checks = { keyed: {}, stack: [] };

type Hidden = { readonly [CHECKS]?: Checks };

export function checksOf(message: Message): Checks {
  return (message.attributes as Hidden)[CHECKS] ?? NONE;
}

export function withChecks(message: Message, checks: Checks): Message {
  // Most messages have no attributes yet: to copy none of them costs more than to write one.
  const attributes: Message["attributes"] & Hidden =
    message.attributes === NO_ATTRIBUTES ? { [CHECKS]: checks } : { ...message.attributes, [CHECKS]: checks };
  return { id: message.id, body: message.body, headers: message.headers, attributes };
}

/** Under this name they lie in the store, where a symbol cannot. No step can set an attribute of that name. */
const STORED = " claimChecks";

/** The attributes of a message as plain data, its checks among them. */
export function storableAttributes({ attributes }: Message): Readonly<Record<string, unknown>> {
  const { [CHECKS]: checks, ...plain } = attributes as Message["attributes"] & Hidden;
  return checks === undefined ? plain : { ...plain, [STORED]: checks };
}

/** What `storableAttributes` made, as attributes again. */
export function restoredAttributes(stored: Readonly<Record<string, unknown>>): Message["attributes"] {
  if (!(STORED in stored)) return stored;
  const { [STORED]: checks, ...plain } = stored;
  // Only `storableAttributes` writes under this name.
  return { ...plain, [CHECKS]: checks } as Message["attributes"] & Hidden;
}

/** A called route has checks of its own. */
export function withoutChecks(message: Message): Message {
  if (!(CHECKS in message.attributes)) return message;
  const { [CHECKS]: _checks, ...attributes } = message.attributes as Message["attributes"] & Hidden;
  return { id: message.id, body: message.body, headers: message.headers, attributes };
}
