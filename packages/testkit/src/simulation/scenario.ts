import type { Clock, ConnectorDefinition, Effect, Incoming, Message, Random } from "@portolan/core";
import type { CallOutside } from "../patterns/outside.ts";
import type { MemoryEnd } from "./memory-watch.ts";

/** A flow, what the world does to it, and what must hold whatever fails. */
export interface Scenario {
  readonly name: string;
  /** A flow file's content, its expressions as functions. The step `outside` calls the play's systems. */
  readonly flow: Readonly<Record<string, unknown>>;
  /** One run of it. */
  play(world: World): Play;
}

/** The world outside of the node. It goes on when the node dies. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly node: NodeClient;
  /** A rule was broken at this moment. */
  violated(rule: string): void;
  /** A line for the one who replays the seed. */
  trace(line: string): void;
}

/** How the world reaches the node. A call that the node's death cuts off rejects with PORTOLAN_CONNECTION_FAILED; so does one while it is down. */
export interface NodeClient {
  deliver(route: string, incoming: Incoming): Promise<Message | undefined>;
  /** What an operator does: sends all dead letters of a channel back to their routes; answers how many. */
  redrive(channel: string): Promise<number>;
}

export interface Play {
  /** Connectors of the flow, bound to this world. The definition is read once for all plays if there are none. */
  readonly connectors?: readonly ConnectorDefinition[];
  /** An outside system gets a message from the node. */
  readonly outside: CallOutside;
  /** Resolves when the world has all its answers. */
  run(): Promise<void>;
  /** Looks at what the disk holds in the end, and reports what must not be. */
  check(end: End): void;
}

export interface End {
  /** The effects of all commits that the disk holds, in order. */
  readonly effects: readonly Effect[];
  /** Messages that still wait, by channel. */
  readonly waiting: ReadonlyMap<string, number>;
  readonly memory: MemoryEnd;
}
