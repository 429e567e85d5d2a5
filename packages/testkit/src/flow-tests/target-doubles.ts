import {
  type AppDefinition,
  type Clock,
  type ConnectorDefinition,
  type ConnectorSourceNode,
  type ConnectorTargetNode,
  type Incoming,
  type Message,
  type RunningTarget,
  type SendRequest,
  type TargetDefinition,
} from "@portolan/core";
import type { SeenMessage } from "../cases/sightings.ts";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import type { Life } from "../life.ts";
import type { Answer } from "./answer.ts";
import { createAnswering, type Answering } from "./answering.ts";
import { changedApp, type Callback } from "./app-changes.ts";
import { createSourceDoubles } from "./source-doubles.ts";
import { chooser, type ChosenTarget, type TargetChoice } from "./target-choice.ts";
import type { TestVariables } from "./variables.ts";

/** A message that a target of the app got. */
export interface TargetMessage extends SeenMessage {
  readonly address: string;
  readonly mode: "to" | "call";
  /** The idempotency key: the same on every attempt. */
  readonly key: string;
  /** Why the target failed, if it did. */
  readonly error?: unknown;
}

/** The doubles of an app's connector targets and polled sources: outside systems, which outlive crashes of the node. */
export interface TargetDoubles {
  /** From now on the targets answer like that. */
  replace(choice: TargetChoice, answer: Answer | undefined): void;
  /** What the targets got, in the order of arrival. */
  seen(choice: TargetChoice): readonly TargetMessage[];
  /** From now on a source that steps poll has that message. */
  offer(choice: TargetChoice, message: Incoming): void;
  /** The app, and the connectors of computed addresses, with doubles for one life of the node. */
  install(life: Life): { readonly app: AppDefinition; readonly connectors: readonly ConnectorDefinition[] };
}

export interface TargetDoublesOptions {
  readonly app: AppDefinition;
  readonly connectors: readonly ConnectorDefinition[];
  readonly clock: VirtualClock;
  readonly variables: TestVariables;
}

export function createTargetDoubles({ app, connectors, clock, variables }: TargetDoublesOptions): TargetDoubles {
  const rules: { readonly takes: (target: ChosenTarget) => boolean; readonly answering: Answering }[] = [];
  const got: { readonly target: ChosenTarget; readonly message: TargetMessage }[] = [];
  const recorder = createAnswering(undefined);
  const sources = createSourceDoubles(variables);

  const double = (target: ChosenTarget, definition: TargetDefinition | undefined, life: Life): RunningTarget => {
    const context = { clock: life.clock as Clock, track: <T>(work: Promise<T>) => clock.track(work) };
    const send = async (message: Message, { mode, key }: SendRequest) => {
      const { id, body, headers, attributes } = message;
      const { address } = target;
      const entry: { -readonly [K in keyof TargetMessage]: TargetMessage[K] } = {
        id,
        body,
        headers,
        attributes,
        at: clock.now(),
        address,
        mode,
        key,
      };
      got.push({ target, message: entry });
      const answering = rules.findLast((rule) => rule.takes(target))?.answering;
      if (answering === undefined && definition?.replies === false) return undefined;
      try {
        return await (answering ?? recorder)(message, { address, mode, key }, context);
      } catch (error) {
        entry.error = error;
        throw error;
      }
    };
    // What a dead node still sends never reaches anybody, and nobody answers it.
    return {
      send: (message, request) => (life.hasEnded ? new Promise(() => undefined) : send(message, request)),
      close: async () => undefined,
    };
  };

  const doubleOf = (node: ConnectorTargetNode, life: Life): ConnectorDefinition => {
    const { target, ...rest } = node.connector;
    if (target === undefined) return node.connector;
    const chosen = chosenTarget(node, variables);
    return { ...rest, target: { ...target, open: async () => double(chosen, target, life) } };
  };

  const computed = (connector: ConnectorDefinition, life: Life): ConnectorDefinition => {
    const { target } = connector;
    if (target?.address === undefined) return connector;
    return {
      ...connector,
      target: {
        ...target,
        address: { ...target.address, options: (address) => ({ address }) },
        open: async ({ address }) =>
          double({ address: variables.shown(String(address)), connector: connector.name, system: undefined }, target, life),
      },
    };
  };

  /** Input and output of the app's own functions takes no virtual time. */
  const tracked = (callback: Callback): Callback => {
    const call: Callback = (...args) => {
      const result = callback(...args);
      return result instanceof Promise ? clock.track(result) : result;
    };
    // Errors and reports show functions as they are written.
    return Object.defineProperty(call, "toString", { value: () => String(callback) });
  };

  return {
    offer: sources.offer,
    replace: (choice, answer) => void rules.push({ takes: chooser(choice), answering: createAnswering(answer) }),
    seen: (choice) => got.filter(({ target }) => chooser(choice)(target)).map(({ message }) => message),
    install(life) {
      sources.begin();
      const changes = {
        connector: (node: ConnectorTargetNode) => doubleOf(node, life),
        source: (node: ConnectorSourceNode) => sources.connector(node, life),
        callback: tracked,
      };
      return { app: changedApp(app, changes), connectors: connectors.map((connector) => computed(connector, life)) };
    },
  };
}

/** A connector target as tests name it: its address as people read it, without values of the machine. */
export function chosenTarget({ connector, options, system }: ConnectorTargetNode, variables: TestVariables): ChosenTarget {
  return {
    address: variables.shown(`${connector.name}:${connector.target?.describe(options) ?? ""}`),
    connector: connector.name,
    system,
  };
}
