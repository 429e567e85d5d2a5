import type { ConnectionInput, CredentialInput } from "../../http/connection-input.ts";

/** How lists that come page by page are read; its meaning is that of `pageOptions`. */
export interface PageInput {
  readonly items?: string;
  readonly next?: "link" | "url" | "cursor" | "page" | "offset";
  readonly field?: string;
  readonly parameter?: string;
  readonly first?: number;
  readonly max?: number;
}

interface RequestInput {
  readonly pages?: PageInput;
  readonly stream?: boolean;
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
