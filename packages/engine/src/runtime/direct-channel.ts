import type { RouteDefinition } from "@portolan/core";
import type { Channel } from "./channel.ts";
import { createRoute, type Route } from "./route.ts";
import { andThen } from "./step.ts";

/** A direct channel as a route, for messages from outside: what all of its readers do is one unit of work. */
export function routeOfDirectChannel(channel: Channel): Route {
  const definition: RouteDefinition = {
    id: `channel:${channel.name}`,
    from: [],
    steps: [],
    onError: [],
    onComplete: [],
    intercept: [],
    tags: [],
    durability: "power-loss",
  };
  return createRoute({
    definition,
    steps: (message, execution) => andThen(channel.send(message, execution), () => message),
    policy: { own: [], app: [] },
    completions: [],
    input: undefined,
    output: undefined,
  });
}
