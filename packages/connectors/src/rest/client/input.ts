import type { ConnectionInput, CredentialInput } from "../../http/connection-input.ts";

interface RequestInput {
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, string>>;
  readonly forward?: readonly string[];
  readonly idempotencyHeader?: string;
}

/** The options of a client of one URL as people write them; their meaning is that of `clientOptions`. */
export interface ClientInput extends ConnectionInput, RequestInput {
  readonly format?: string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The options of a client of an API description as people write them; their meaning is that of `clientOptions`. */
export interface ApiClientInput extends ConnectionInput, RequestInput {
  readonly variables?: Readonly<Record<string, string>>;
  readonly credentials?: Readonly<Record<string, CredentialInput>>;
  readonly checkReplies?: boolean;
}
