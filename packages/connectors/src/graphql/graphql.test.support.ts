import {
  createMessage,
  readOptions,
  silentLogger,
  type Clock,
  type DeliverOptions,
  type Incoming,
  type Logger,
  type Message,
  type ReadContext,
  type RunningTarget,
  type SourceDefinition,
  type TargetDefinition,
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

export function targetFaultsOf(options: object): readonly string[] {
  return read(graphqlConnector.target, options).faults;
}

export interface Surroundings {
  /** The app's files, by their paths. */
  readonly files?: Readonly<Record<string, unknown>>;
  /** Options of targets that publish to subscriptions. */
  readonly targets?: readonly object[];
  readonly log?: Logger;
}

/** Doors on one real host, each with a route that answers as told. */
export async function openGraphql(routes: readonly TestedRoute[], { files = {}, targets = [], log = silentLogger }: Surroundings = {}) {
  const received: Incoming[] = [];
  const host = createHttpHost({ port: 0, log, policies: createPolicies({ clock: STANDING }) });
  const contracts = createContracts({ directory: import.meta.dirname });
  const services = { ...createFormats(), readFile: (path: string) => files[path], http: host, directory: import.meta.dirname };
  const running = [];
  const publishers: RunningTarget[] = [];
  for (const options of targets) {
    const { value, faults } = read(graphqlConnector.target, options);
    if (value === undefined || faults.length > 0) throw new Error(faults.join("; "));
    const opened = await graphqlConnector.target?.open(value, {
      clock: STANDING,
      expression: () => () => undefined,
      random: { next: () => 0.5 },
      log,
      services,
    });
    if (opened !== undefined) publishers.push(opened);
  }
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
      log,
      input: input && contracts.compile({ jsonSchema: { ...input } }),
      output: output && contracts.compile({ jsonSchema: { ...output } }),
      services,
    });
    if (opened !== undefined) running.push(opened);
  }
  const { origin } = await host.listen();
  const url = `${origin}/graphql`;
  return {
    url,
    received,
    running,
    publishers,
    async publish(body: unknown, publisher = publishers[0]) {
      await publisher?.send(createMessage("m1", body), { mode: "to", key: "k" });
    },
    /** A request as a client of server-sent events sends it: what comes, event by event. */
    async subscribe(query: string, variables: object = {}) {
      const left = new AbortController();
      const response = await fetch(url, {
        method: "POST",
        body: JSON.stringify({ query, variables }),
        headers: { "content-type": "application/json", accept: "text/event-stream" },
        signal: left.signal,
      });
      return { response, events: eventsOf(response), leave: () => left.abort() };
    },
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

async function* eventsOf(response: Response): AsyncGenerator<{ readonly event: string; readonly data: unknown }> {
  let text = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end !== -1; end = text.indexOf("\n\n")) {
      const [, event] = /^event: (.*)$/m.exec(text.slice(0, end)) ?? [];
      const [, data = ""] = /^data:(.*)$/m.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (event !== undefined) yield { event, data: data.trim() === "" ? undefined : JSON.parse(data) };
    }
  }
}

function readDoor(options: object) {
  return read(graphqlConnector.source, options);
}

function read(definition: SourceDefinition | TargetDefinition | undefined, options: object) {
  const faults: string[] = [];
  const context: ReadContext = {
    path: "graphql",
    at: () => context,
    report: ({ message }) => void faults.push(message),
    variable: () => "",
    substitute: (value) => value,
    nested: { steps: () => undefined, target: () => undefined, source: () => undefined },
  };
  const value = readOptions(definition?.options ?? {}, options, context);
  if (value !== undefined) faults.push(...(definition?.check?.(value) ?? []));
  return { value, faults };
}
