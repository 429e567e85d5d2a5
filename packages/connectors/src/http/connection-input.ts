import type { Duration } from "@portolan/core";

/** A number of bytes, or a text such as `64kb`. */
export type Bytes = number | `${number}${"b" | "kb" | "mb" | "gb"}`;

/** A text is a bearer token, or the key of an `apiKey` scheme. */
export type CredentialInput =
  | string
  | { readonly token: string }
  | { readonly username: string; readonly password: string }
  | {
      readonly clientId: string;
      readonly clientSecret: string;
      readonly tokenUrl?: string;
      readonly scopes?: readonly string[];
      readonly clientAuthentication?: "header" | "body";
    };

/** How one system is reached, as people write it; its meaning is that of `connectionOptions`. */
export interface ConnectionInput {
  readonly servers?: string | readonly string[];
  readonly auth?: CredentialInput;
  readonly timeout?: Duration;
  readonly connectTimeout?: Duration;
  readonly maxConnections?: number;
  readonly maxResponse?: Bytes;
  readonly compression?: boolean;
  readonly redirects?: number;
  readonly redirectsTo?: readonly string[];
  readonly retry?: { readonly attempts?: number; readonly delay?: Duration; readonly maxDelay?: Duration; readonly unsafe?: boolean };
  readonly circuitBreaker?: { readonly failures?: number; readonly openFor?: Duration };
  readonly rateLimit?: { readonly requests: number; readonly per: Duration };
  readonly cache?: { readonly maxSize?: Bytes };
  readonly tls?: {
    readonly ca?: string | readonly string[];
    readonly cert?: string;
    readonly key?: string;
    readonly passphrase?: string;
    readonly serverName?: string;
    readonly verify?: boolean;
  };
  readonly proxy?: string;
  /** The system that is called: its name, or the system itself. */
  readonly system?: string | { readonly name: string };
}
