import type { AppDefinition, ChannelDefinition, Clock, DeliverOptions, Logger, Message, RouteDefinition } from "@portolan/core";
import type { Tap } from "../pattern.ts";
import { inboxAppend, MOST_ON_THE_SIDE, takesAside } from "./asides.ts";
import type { Channel } from "./channel.ts";
import type { Committer } from "./committer.ts";
import type { AsideWork } from "./compile-steps.ts";
import { deadLetterEffect, deadLetterOf, inboxOf } from "./dead-letter.ts";
import type { Entrances } from "./entrances.ts";
import type { Execution } from "./execution.ts";
import { StepFailure, errorOf } from "./failure.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Route } from "./route.ts";
import { holdBody } from "./streams.ts";

/** What goes on beside messages, in units of work of its own: taps, and what follows the end of a route. */
export interface SideWork {
  /** Begins now; what fails goes to the app's dead letter. Resolves when it has ended, never rejects. */
  begin(route: RouteDefinition, work: AsideWork): Promise<void>;
  /** Sends a copy. Only where too many of the step's copies are on their way it makes the message wait. */
  tap(route: RouteDefinition, copy: Message, tap: Tap): void | Promise<void>;
}

export interface SideWorkParts {
  readonly app: AppDefinition;
  readonly clock: Clock;
  readonly log: Logger;
  readonly committer: Committer;
  readonly entrances: Entrances;
  channel(name: string): Channel | undefined;
  route(id: string): Route | undefined;
  execution(route: RouteDefinition, message: Message, reads: string | undefined): Execution;
  /** Told of everything that begins, and that it has ended. */
  begin(): void;
  end(): void;
}

/** A tapped route is nobody's to wait for. */
const TAPPED: DeliverOptions = { mode: "oneWay", failure: "deadLetter" };

export function createSideWork(parts: SideWorkParts): SideWork {
  const { app, log, committer } = parts;
  const gates = new Map<string, Gate>();

  const background = async (work: () => Promise<unknown>): Promise<void> => {
    parts.begin();
    // The message goes on first.
    await undefined;
    try {
      await work();
    } catch (error) {
      log.log("error", "work on the side failed", { error: errorOf(error).message });
    } finally {
      parts.end();
    }
  };

  const begin: SideWork["begin"] = (definition, { message, step, reads, run }) =>
    background(async () => {
      const execution = parts.execution(definition, message, reads);
      try {
        await run(message, execution);
        await committer.commit(execution.list, []);
      } catch (thrown) {
        const failure = new StepFailure(errorOf(thrown), { step, message, attempts: 1 });
        const at = { route: definition, from: undefined, at: parts.clock.now(), inbox: inboxOf(definition.id, step) };
        const letter = deadLetterOf(failure, at);
        log.log("warn", "work on the side failed", { route: definition.id, step, code: failure.error.code, error: failure.error.message });
        execution.list.rollback(0);
        await committer.commit(execution.list, [deadLetterEffect(app.errors.deadLetter, message, letter)]);
      }
    });

  const targetOf = (address: string) => {
    const colon = address.indexOf(":");
    const name = address.slice(colon + 1);
    const scheme = address.slice(0, Math.max(0, colon));
    return {
      channel: scheme === "channel" ? parts.channel(name) : undefined,
      route: scheme === "route" ? parts.route(name) : undefined,
    };
  };

  const gateOf = (route: RouteDefinition, step: string, channel: ChannelDefinition | undefined): Gate => {
    const name = inboxOf(route.id, step);
    const gate = gates.get(name) ?? createGate(channel?.mode === "memory" ? channel.capacity : MOST_ON_THE_SIDE);
    gates.set(name, gate);
    return gate;
  };

  return {
    begin,
    tap(definition, copy, { endpoint, execution, step, inbox }) {
      const { unit } = execution;
      const { channel, route } = targetOf(endpoint.address);
      const leave = () =>
        route === undefined
          ? begin(definition, { message: copy, step, reads: unit.reads, run: (message, own) => endpoint.send(message, own) })
          : background(async () => parts.entrances.enter({ route, via: `tap:${definition.id}` }, copy, TAPPED));
      const start = (): void | Promise<void> => {
        const release = holdBody(copy.body);
        const gate = gateOf(definition, step, channel?.definition);
        const place = gate.enter();
        const go = () =>
          void leave().finally(() => {
            gate.leave();
            release();
          });
        return place === undefined ? go() : place.then(go);
      };
      const durable = channel?.definition.mode === "durable" ? channel : undefined;
      if ((!unit.isStored && durable === undefined) || !takesAside(unit, copy)) return start();
      unit.putAside({ append: durable?.plainAppend?.(copy) ?? inboxAppend(inbox.channel, copy), start });
    },
  };
}
