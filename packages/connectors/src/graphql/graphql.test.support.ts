import {
  createMessage,
  readOptions,
  silentLogger,
  type Clock,
  type DeliverOptions,
  type Incoming,
  type Message,
  type ReadContext,
} from "@portolan/core";
import { createContracts, createFormats } from "@portolan/formats";
import { createHttpHost, createPolicies } from "@portolan/gateway";
import { graphqlConnector } from "./index.ts";

const STANDING: Clock = { now: () => 0, after: () => ({ cancel() {} }) };

type Answer = (incoming: Incoming, options?: DeliverOptions) => unknown;

export interface TestedRoute {
  readonly route?: string;
  readonly options: object;
  readonly input?: object;
  readonly output?: object;
  /** The body of the route's result; by default that of the message. */
  readonly answer?: Answer;
  /** A clock's timers, for routes that take too long. */
  readonly after?: (delayMs: number, fire: () => void) => { cancel(): void };
}

/** What the engine's reader says against options of a door. */
export function faultsOf(options: object): readonly string[] {
  return readDoor(options).faults;
}

/** Doors on one real host, each with a route that answers as told. */
export async function openGraphql(routes: readonly TestedRoute[]) {
  const received: Incoming[] = [];
  const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock: STANDING }) });
  const contracts = createContracts({ directory: import.meta.dirname });
  const running = [];
  for (const { route = "test", options, input, output, answer = ({ body }: Incoming) => body, after } of routes) {
    const { value, faults } = readDoor(options);
    if (value === undefined || faults.length > 0) throw new Error(faults.join("; "));
    const opened = await graphqlConnector.source?.open(value, {
      route,
      name: `${route}/graphql`,
      async deliver(incoming, delivery): Promise<Message> {
        received.push(incoming);
        return createMessage("m1", await answer(incoming, delivery));
      },
      position: async () => undefined,
      clock: { ...STANDING, ...(after === undefined ? {} : { after }) },
      random: { next: () => 0.5 },
      log: silentLogger,
      input: input && contracts.compile({ jsonSchema: { ...input } }),
      output: output && contracts.compile({ jsonSchema: { ...output } }),
      services: { ...createFormats(), http: host, directory: import.meta.dirname },
    });
    if (opened !== undefined) running.push(opened);
  }
  const { origin } = await host.listen();
  const url = `${origin}/graphql`;
  return {
    url,
    received,
    running,
    /** A request as a GraphQL client sends it: its status and its answer. */
    async ask(query: string, variables: object = {}, headers: Readonly<Record<string, string>> = {}) {
      const init = {
        method: "POST",
        body: JSON.stringify({ query, variables }),
        headers: { "content-type": "application/json", ...headers },
      };
      const response = await fetch(url, init);
      return { status: response.status, ...((await response.json()) as object) };
    },
    [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }),
  };
}

function readDoor(options: object) {
  const faults: string[] = [];
  const context: ReadContext = {
    path: "graphql",
    at: () => context,
    report: ({ message }) => void faults.push(message),
    variable: () => "",
    substitute: (value) => value,
    nested: { steps: () => undefined, target: () => undefined, source: () => undefined },
  };
  const door = graphqlConnector.source;
  const value = readOptions(door?.options ?? {}, options, context);
  if (value !== undefined) faults.push(...(door?.check?.(value) ?? []));
  return { value, faults };
}
