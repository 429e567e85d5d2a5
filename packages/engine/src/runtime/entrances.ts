import {
  PortolanError,
  createHeaderMaker,
  createHeaders,
  NO_ATTRIBUTES,
  NO_HEADERS,
  type ConnectorServices,
  type DeliverOptions,
  type Incoming,
  type Message,
} from "@portolan/core";
import type { Engine } from "../engine.ts";
import type { Endings, DeliveredContext } from "./endings.ts";
import type { Execution } from "./execution.ts";
import type { Gate } from "./gate.ts";
import type { Route, RouteEnd } from "./route.ts";
import { readableAgain } from "./streams.ts";

/** One way into one route: the two are those of `SourceContext`. */
export interface Entrance {
  deliver(incoming: Incoming, options?: DeliverOptions): Promise<Message | undefined>;
  answer(incoming: Incoming, options?: DeliverOptions): Outcome;
}

/** How messages that no channel delivers come into routes. */
export interface Entrances {
  /** A way into a route; `via` names it in the journal. The route is looked up when the first message comes. */
  open(route: string, via: string): Entrance;
  /** Runs a message through a route in a unit of work of its own, however many are in it already. */
  enter(way: Way, message: Message, options: DeliverOptions): Outcome;
  message(incoming: Incoming): Message;
}

export interface EntranceParts {
  status(): Engine["status"];
  route(id: string): Route | undefined;
  gate(route: string): Gate | undefined;
  execution(route: Route, message: Message, signal: AbortSignal | undefined): Execution;
  readonly endings: Endings;
  readonly spool: ConnectorServices["spool"];
  /** Told of every message that goes in, and that it has left. */
  begin(): void;
  end(): void;
  ids(): string;
}

/** Into which route, and how it is called in the journal. */
export interface Way {
  readonly route: Route;
  readonly via: string;
}

type Outcome = Message | undefined | Promise<Message | undefined>;

const NO_OPTIONS: DeliverOptions = Object.freeze({});

/**
 * What waits is dealt with in functions of their own: a closure on the way of every message would cost each an
 * allocation, also those that never wait.
 */
export function createEntrances(parts: EntranceParts): Entrances {
  const messageOf = (incoming: Incoming, makeHeaders: HeaderMaker): Message => ({
    id: incoming.id ?? parts.ids(),
    body: incoming.body === undefined ? null : incoming.body,
    headers: incoming.headers === undefined ? NO_HEADERS : makeHeaders(incoming.headers),
    attributes: NO_ATTRIBUTES,
  });

  const enter = ({ route, via }: Way, entering: Message, options: DeliverOptions): Outcome => {
    const execution = parts.execution(route, entering, options.signal);
    const context: DeliveredContext = { route: route.definition, execution, options, via };
    // Whoever does not wait for the end leaves a dead letter, which holds the message from its start.
    const received = options.failure === "deadLetter" ? readableAgain(entering, execution, parts.spool) : entering;
    const ended = route.enter(received, execution, options.unreadable);
    return ended instanceof Promise ? deliveredLater(ended, context) : parts.endings.delivered(ended, context);
  };
  const deliveredLater = (ended: Promise<RouteEnd>, context: DeliveredContext): Promise<Message | undefined> =>
    ended.then((end) => parts.endings.delivered(end, context));

  const gated = (door: Door, entering: Message, options: DeliverOptions): Outcome => {
    const { gate } = door;
    const entered = gate?.enter();
    parts.begin();
    let result: Outcome;
    try {
      result = entered === undefined ? enter(door, entering, options) : enterLater(entered, door, { entering, options });
    } catch (error) {
      leave(gate);
      throw error;
    }
    if (result instanceof Promise) return leaveLater(result, gate);
    leave(gate);
    return result;
  };
  const enterLater = async (
    entered: Promise<void>,
    door: Door,
    { entering, options }: { readonly entering: Message; readonly options: DeliverOptions },
  ): Promise<Message | undefined> => {
    await entered;
    return enter(door, entering, options);
  };
  const leaveLater = (result: Promise<Message | undefined>, gate: Gate | undefined): Promise<Message | undefined> =>
    result.finally(() => leave(gate));
  const leave = (gate: Gate | undefined): void => {
    gate?.leave();
    parts.end();
  };

  const find = (id: string, via: string): Door => {
    const route = parts.route(id);
    if (route === undefined) throw new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `there is no route ${id}`);
    return { route, via, gate: parts.gate(id) };
  };

  const refuse = (status: Engine["status"]): never => {
    throw new PortolanError("PORTOLAN_STOPPING", `the node is ${status === "new" ? "not started" : status}`);
  };

  return {
    open(id, via) {
      let door: Door | undefined;
      // One for each way in: the messages of one door have the same headers.
      const makeHeaders = createHeaderMaker();
      const answer = (incoming: Incoming, options: DeliverOptions = NO_OPTIONS): Outcome => {
        const status = parts.status();
        if (status !== "running") refuse(status);
        door ??= find(id, via);
        return gated(door, messageOf(incoming, makeHeaders), options);
      };
      return {
        answer,
        deliver(incoming, options) {
          try {
            return Promise.resolve(answer(incoming, options));
          } catch (error) {
            return Promise.reject(error as Error);
          }
        },
      };
    },
    enter,
    message: (incoming) => messageOf(incoming, createHeaders),
  };
}

type HeaderMaker = ReturnType<typeof createHeaderMaker>;

interface Door extends Way {
  /** Where the route limits how many messages are in it. */
  readonly gate: Gate | undefined;
}
