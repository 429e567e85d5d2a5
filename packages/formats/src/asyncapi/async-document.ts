import type { ApiSchema } from "../openapi/api-document.ts";

/** What a document of AsyncAPI tells, in one form for versions 2 and 3: seen from the application that it describes, schemas as JSON Schema 2020-12. */
export interface AsyncDocument {
  /** Such as `AsyncAPI 3.1.0`. */
  readonly dialect: string;
  readonly title: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly servers: readonly AsyncServer[];
  readonly channels: readonly AsyncChannel[];
  readonly operations: readonly AsyncOperation[];
  /** By name; channels and operations refer to them. */
  readonly messages: Readonly<Record<string, AsyncMessage>>;
  /** The named schemas; those within refer to one another by `#/$defs/NAME`. */
  readonly schemas: Readonly<Record<string, ApiSchema>>;
}

export interface AsyncServer {
  readonly name: string;
  /** Such as `broker.example:9092`, with a path where there is one. */
  readonly host: string;
  readonly protocol: string;
  readonly description?: string | undefined;
}

export interface AsyncChannel {
  readonly name: string;
  /** Where it is at its server; left out if it is only known when the application runs. */
  readonly address?: string | undefined;
  readonly description?: string | undefined;
  /** The names of the servers that have it; an empty list means all. */
  readonly servers: readonly string[];
  readonly messages: readonly string[];
}

export interface AsyncOperation {
  readonly id: string;
  /** What the application does. */
  readonly action: "send" | "receive";
  /** The name of the channel. */
  readonly channel: string;
  readonly messages: readonly string[];
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  /** The messages by which whoever receives one answers. */
  readonly reply?: { readonly channel?: string | undefined; readonly messages: readonly string[] } | undefined;
}

export interface AsyncMessage {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly contentType?: string | undefined;
  readonly payload: ApiSchema;
  readonly headers?: ApiSchema | undefined;
  readonly examples: readonly unknown[];
}
