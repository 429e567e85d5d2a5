import { isDeepStrictEqual } from "node:util";
import { GraphQLError } from "graphql";
import { isRecord } from "@portolan/core";

/** What subscribers of a field get: everything that is published after they came, as far as it fits them. */
export interface Topic {
  publish(body: unknown): void;
  subscribe(fits: (body: unknown) => boolean): AsyncIterableIterator<Event>;
  /** Nothing will be published any more: subscriptions end. */
  close(): void;
}

/** What was published, or why no more comes. */
type Event = { readonly body: unknown } | { readonly failure: GraphQLError };

/** Nobody waits for subscribers: one that does not take what waits for it is let go. */
const MAX_WAITING = 1000;

export function createTopic(): Topic {
  const subscribers = new Set<Subscriber>();
  return {
    publish(body) {
      for (const subscriber of subscribers) if (subscriber.fits(body)) subscriber.push({ body });
    },
    subscribe(fits) {
      const subscriber = createSubscriber(fits, () => subscribers.delete(subscriber));
      subscribers.add(subscriber);
      return subscriber.events;
    },
    close() {
      for (const subscriber of subscribers) subscriber.end();
    },
  };
}

interface Subscriber {
  readonly fits: (body: unknown) => boolean;
  readonly events: AsyncIterableIterator<Event>;
  push(event: Event): void;
  end(): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

function createSubscriber(fits: Subscriber["fits"], left: () => void): Subscriber {
  let waiting: Event[] = [];
  let hasEnded = false;
  let take: ((result: IteratorResult<Event>) => void) | undefined;

  const hand = (result: IteratorResult<Event>) => {
    const waiter = take;
    take = undefined;
    waiter?.(result);
  };
  const end = () => {
    hasEnded = true;
    left();
    hand(DONE);
  };
  const events: AsyncIterableIterator<Event> = {
    next() {
      const value = waiting.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (hasEnded) return Promise.resolve(DONE);
      return new Promise((resolve) => (take = resolve));
    },
    return() {
      waiting = [];
      end();
      return Promise.resolve(DONE);
    },
    [Symbol.asyncIterator]: () => events,
  };
  return {
    fits,
    events,
    push(event) {
      if (take !== undefined) return hand({ done: false, value: event });
      waiting.push(event);
      if (waiting.length <= MAX_WAITING) return;
      waiting = [{ failure: tooSlow() }];
      end();
    },
    end,
  };
}

function tooSlow(): GraphQLError {
  return new GraphQLError(`the subscriber is too slow: more than ${MAX_WAITING} messages wait for it`, {
    extensions: { code: "SUBSCRIBER_TOO_SLOW" },
  });
}

/** What an event is for the field that it was published to. */
export function eventBody(event: unknown): unknown {
  // Only topics make events.
  const known = event as Event;
  if ("failure" in known) throw known.failure;
  return known.body;
}

/** Whether a body has what the arguments of a subscription ask for. Those that are left out, or null, ask for nothing. */
export function matcherOf(args: Readonly<Record<string, unknown>>): (body: unknown) => boolean {
  const asked = Object.entries(args).filter(([, value]) => value !== null && value !== undefined);
  return (body) => asked.every(([name, value]) => isRecord(body) && Object.hasOwn(body, name) && isSame(body[name], value));
}

/** An ID is a text for GraphQL, also where the data have a number. */
function isSame(found: unknown, asked: unknown): boolean {
  return isDeepStrictEqual(found, asked) || (typeof found === "number" && String(found) === asked);
}
