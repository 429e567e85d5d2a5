import {
  sleep,
  type ConnectorDefinition,
  type ConnectorSourceNode,
  type Incoming,
  type PollContext,
  type PolledMessage,
} from "@portolan/core";
import type { Life } from "../life.ts";
import { chooser, type ChosenTarget, type TargetChoice } from "./target-choice.ts";
import type { TestVariables } from "./variables.ts";

/** The doubles of the connector sources that an app's steps poll: outside systems, which outlive crashes of the node. */
export interface SourceDoubles {
  /** From now on one of these sources has that message, for whoever polls it first. */
  offer(choice: TargetChoice, message: Incoming): void;
  /** What is in process in another life of the node is there again. */
  begin(): void;
  connector(node: ConnectorSourceNode, life: Life): ConnectorDefinition;
}

interface Offered {
  readonly number: number;
  readonly message: Incoming;
  readonly takes: (source: ChosenTarget) => boolean;
}

export function createSourceDoubles(variables: TestVariables): SourceDoubles {
  const waiting: Offered[] = [];
  const inProcess = new Set<Offered>();
  let count = 0;
  let bell = Promise.withResolvers<void>();

  const ring = () => {
    bell.resolve();
    bell = Promise.withResolvers();
  };
  const back = (offered: Offered) => {
    waiting.push(offered);
    waiting.sort((a, b) => a.number - b.number);
    ring();
  };

  /** The next message of a source; one whose commit the node did not live to hear of is out of the way. */
  const next = async (source: ChosenTarget, { position }: PollContext, life: Life): Promise<PolledMessage | undefined> => {
    for (;;) {
      const index = waiting.findIndex(({ takes }) => takes(source));
      const [offered] = index < 0 ? [] : waiting.splice(index, 1);
      if (offered === undefined) return undefined;
      inProcess.add(offered);
      const name = `offered/${offered.number}`;
      if ((await position(name)) === true) {
        inProcess.delete(offered);
        continue;
      }
      const ended = life.callback((committed: boolean) => {
        inProcess.delete(offered);
        if (!committed) back(offered);
      });
      return { incoming: offered.message, position: { name, value: true }, ended };
    }
  };

  /** Resolves when there may be a message, or at the latest then; no timer is left behind, which would make time move. */
  const offeredWithin = async (waitMs: number, { clock }: PollContext, signal: AbortSignal | undefined): Promise<void> => {
    const done = new AbortController();
    const until = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]);
    try {
      await Promise.race([bell.promise, sleep(clock, waitMs, until)]);
    } finally {
      done.abort();
    }
  };

  return {
    offer(choice, message) {
      count += 1;
      back({ number: count, message, takes: chooser(choice) });
    },
    begin() {
      for (const offered of inProcess) back(offered);
      inProcess.clear();
    },
    connector(node, life) {
      const { source } = node.connector;
      if (source?.poll === undefined) return node.connector;
      const chosen = chosenSource(node, variables);
      const open = async (_options: unknown, context: PollContext) => ({
        async take({ waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal | undefined }) {
          const deadline = context.clock.now() + waitMs;
          for (;;) {
            const message = await next(chosen, context, life);
            const left = deadline - context.clock.now();
            if (message !== undefined || left <= 0) return message;
            await offeredWithin(left, context, signal);
          }
        },
        close: async () => undefined,
      });
      return { ...node.connector, source: { ...source, poll: { open } } };
    },
  };
}

/** A polled source as tests name it: its address as people read it, without values of the machine. */
export function chosenSource({ connector, options }: ConnectorSourceNode, variables: TestVariables): ChosenTarget {
  const address = variables.shown(`${connector.name}:${connector.source?.describe(options) ?? ""}`);
  return { address, connector: connector.name, system: undefined };
}
