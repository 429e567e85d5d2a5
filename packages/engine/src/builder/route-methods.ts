import type { ErrorKind, Message, Outcome, RetryInput, SourceRef } from "@portolan/core";
import type { Block, RouteOf, YIELDS } from "./steps.ts";

/** A channel as a source. */
export interface ChannelSource {
  readonly channel: string;
  readonly [YIELDS]?: unknown;
}

type SourceBody<S> = S extends { readonly [YIELDS]?: infer Body; readonly channel: string }
  ? Exclude<Body, undefined>
  : S extends SourceRef<infer Body>
    ? Body
    : unknown;

/** The body that a route starts with: its input contract's, else what its sources yield. */
export type StartBody<In, Sources extends readonly unknown[]> = unknown extends In ? SourceBody<Sources[number]> : In;

export interface ErrorMatchInput {
  readonly kind?: ErrorKind | readonly ErrorKind[];
  readonly code?: string | readonly string[];
  readonly message?: string;
  readonly when?: (message: Message) => boolean | Promise<boolean>;
}

export interface ClauseInput {
  readonly match?: ErrorMatchInput;
  readonly retry?: RetryInput | false;
  readonly outcome?: Outcome;
  readonly useOriginal?: boolean;
  readonly deadLetter?: string | { readonly channel: string };
}

export interface CompletionInput {
  readonly mode?: "after" | "before";
  readonly when?: (message: Message) => unknown;
  readonly useOriginal?: boolean;
}

export interface InterceptionInput {
  readonly on: "from" | "step" | "to";
  /** A route id, a pattern's name, or an address; with `*` as wildcard. */
  readonly match?: string;
  readonly when?: (message: Message) => unknown;
  /** Leaves the intercepted step out. */
  readonly skip?: boolean;
}

declare module "./steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Where the route's messages come from: doors, channels, schedules. Before the first step. */
    from<const Sources extends readonly (SourceRef | ChannelSource)[]>(
      this: Of extends RouteOf<unknown, unknown> ? Steps<Body, Ended, Of> : never,
      ...sources: Sources
    ): Of extends RouteOf<infer In, infer Out> ? Steps<StartBody<In, Sources>, Ended, RouteOf<StartBody<In, Sources>, Out>> : never;

    /** What happens to failures. The result of a block with `outcome: handle` is a result of the route. */
    onError(this: Of extends RouteOf<unknown, unknown> ? Steps<Body, Ended, Of> : never, clause: ClauseInput): Steps<Body, Ended, Of>;
    onError<Next, End>(
      this: Of extends RouteOf<unknown, unknown> ? Steps<Body, Ended, Of> : never,
      match: ErrorMatchInput,
      clause: Omit<ClauseInput, "match"> & { readonly outcome: "handle" },
      block: Block<unknown, Next, End>,
    ): Steps<Body, Ended | Next | End, Of>;
    onError<Next, End>(
      this: Of extends RouteOf<unknown, unknown> ? Steps<Body, Ended, Of> : never,
      match: ErrorMatchInput,
      clause?: Omit<ClauseInput, "match">,
      block?: Block<unknown, Next, End>,
    ): Steps<Body, Ended, Of>;

    /** What runs when a message has ended: after the commit and the reply, or as the route's last steps (`mode: before`). */
    onComplete<Next, End>(
      this: Of extends RouteOf<unknown, unknown> ? Steps<Body, Ended, Of> : never,
      on: "success" | "failure" | "always",
      block: Block<unknown, Next, End>,
      options?: CompletionInput,
    ): Steps<Body, Ended, Of>;

    /** What runs before the route, its steps, or its sends. */
    intercept<Next, End>(
      this: Of extends RouteOf<unknown, unknown> ? Steps<Body, Ended, Of> : never,
      interception: InterceptionInput,
      block: Block<unknown, Next, End>,
    ): Steps<Body, Ended, Of>;
  }
}
