import assert from "node:assert/strict";
import { createMessage, type PortolanError } from "@portolan/core";
import type {
  Clock,
  ConnectorDefinition,
  ConnectorServices,
  DeliverOptions,
  Incoming,
  Message,
  RunningSource,
  SourceContext,
} from "@portolan/core";
import { createFixedRandom } from "../../random.ts";
import { type RecordingLogger, createRecordingLogger } from "../../recording-logger.ts";
import { readRawOptions } from "./read-raw-options.ts";
import { setPosition } from "./set-position.ts";

/** One call of `deliver` by the source, which ends when the test says so. */
export interface Delivered {
  readonly incoming: Incoming;
  readonly options: DeliverOptions;
  /** The unit of work commits, with the position: `deliver` resolves. */
  accept(reply?: Message): void;
  /** The route fails: the message goes to the dead letter if the source asked for that, otherwise `deliver` throws. */
  fail(error: PortolanError): void;
  /** Nothing was committed, as when the store cannot write: `deliver` throws. */
  refuse(error: PortolanError): void;
}

/** A running source, and the test in the engine's place. */
export interface SourceBench {
  readonly source: RunningSource;
  /** All calls of `deliver` so far. */
  readonly deliveries: readonly Delivered[];
  readonly deadLetters: readonly { readonly incoming: Incoming; readonly error: PortolanError }[];
  readonly positions: ReadonlyMap<string, unknown>;
  readonly log: RecordingLogger;
  /** The next delivery that this method has not yet answered. */
  next(): Promise<Delivered>;
  /** From now on every delivery is accepted at once. */
  acceptAll(): void;
}

export interface SourceBenchOptions {
  readonly definition: ConnectorDefinition;
  /** As a flow file holds them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  readonly services: ConnectorServices;
  /** What the store of this node and of others holds; several benches may share it. */
  readonly positions?: Map<string, unknown>;
  readonly route?: string;
}

/** Opens the source of a connector with the test in the engine's place. */
export async function openSourceBench(setup: SourceBenchOptions): Promise<SourceBench> {
  const { definition, clock, services, positions = new Map<string, unknown>(), route = "route" } = setup;
  assert.ok(definition.source, `${definition.name} has a source`);
  const options = readRawOptions(definition.source.options, setup.options);
  assert.deepEqual(definition.source.check?.(options) ?? [], []);
  const log = createRecordingLogger();
  const deliveries: Delivered[] = [];
  const deadLetters: { incoming: Incoming; error: PortolanError }[] = [];
  let handedOut = 0;
  let onDelivery: (() => void) | undefined;
  let acceptsAll = false;

  function deliver(incoming: Incoming, how: DeliverOptions = {}): Promise<Message | undefined> {
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        try {
          setPosition(positions, how.position);
          finish();
        } catch (error) {
          reject(error);
        }
      };
      const delivered: Delivered = {
        incoming,
        options: how,
        accept: (reply = createMessage("reply", incoming.body)) => end(() => resolve(reply)),
        refuse: reject,
        fail(error) {
          if (how.failure !== "deadLetter") return reject(error);
          end(() => {
            deadLetters.push({ incoming, error });
            resolve(undefined);
          });
        },
      };
      deliveries.push(delivered);
      onDelivery?.();
      if (acceptsAll) delivered.accept();
    });
  }

  const context: SourceContext = {
    route,
    name: `${route}/${definition.name}/${definition.source.describe(options)}`,
    deliver,
    position: async (name) => positions.get(name),
    clock,
    random: createFixedRandom(0.5),
    log,
    services,
  };
  const source = await definition.source.open(options, context);
  return {
    source,
    deliveries,
    deadLetters,
    positions,
    log,
    async next() {
      handedOut += 1;
      for (;;) {
        const delivered = deliveries[handedOut - 1];
        if (delivered) return delivered;
        await new Promise<void>((resolve) => {
          onDelivery = resolve;
        });
      }
    },
    acceptAll() {
      acceptsAll = true;
      for (const delivered of deliveries) delivered.accept();
    },
  };
}
