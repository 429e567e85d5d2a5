import {
  createMessage,
  readOptions,
  silentLogger,
  type Clock,
  type ContractCheck,
  type DeliverOptions,
  type Finding,
  type HeaderValue,
  type Incoming,
  type Message,
  type OptionSpecs,
  type OptionsOf,
  type ReadContext,
  type SourceContext,
} from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createHttpHost, createPolicies } from "@portolan/gateway";
import { restConnector, type DoorInput } from "./index.ts";

type Deliver = (incoming: Incoming, options?: DeliverOptions) => Promise<Message | undefined>;

interface Definition {
  readonly options: OptionSpecs;
  check?(options: OptionsOf<OptionSpecs>): readonly string[];
}

/** The options as the engine reads them, and what is wrong with them. */
export function readRest(definition: Definition | undefined, options: object) {
  const findings: Omit<Finding, "path" | "place">[] = [];
  const context: ReadContext = {
    path: "rest",
    at: () => context,
    report: (finding) => void findings.push(finding),
    variable: (name) => `value-of-${name}`,
    substitute: (value) => value,
    nested: { steps: () => undefined, target: () => undefined, source: () => undefined },
  };
  const value = readOptions(definition?.options ?? {}, options, context);
  return {
    value,
    faults: [...findings.map((finding) => finding.message), ...(value === undefined ? [] : (definition?.check?.(value) ?? []))],
  };
}

export interface DoorSetting {
  readonly options: DoorInput & Readonly<Record<string, unknown>>;
  readonly deliver?: Deliver;
  /** As an engine has it: answers at once, or with a promise. */
  readonly answer?: NonNullable<SourceContext["answer"]>;
  readonly input?: ContractCheck;
  /** The files of the app. */
  readonly readFile?: (path: string) => unknown;
  readonly isProduction?: boolean;
  /** Operations of the same API description that other routes have. */
  readonly others?: readonly string[];
}

/** A running door on a real port, whose route answers by default with what it got. */
export async function openDoor({ options, deliver = echo, answer, input, readFile, others, isProduction = false }: DoorSetting) {
  const received: Incoming[] = [];
  const clock: Clock = { now: () => 0, after: () => ({ cancel() {} }) };
  const host = createHttpHost({ port: 0, log: silentLogger, policies: createPolicies({ clock }) });
  const formats = createFormats();
  const context: SourceContext = {
    route: "test",
    name: "test/rest",
    deliver(incoming, delivery) {
      received.push(incoming);
      return deliver(incoming, delivery);
    },
    ...(answer === undefined ? {} : { answer }),
    position: async () => undefined,
    clock,
    random: { next: () => 0.5 },
    log: silentLogger,
    input,
    services: {
      format: formats.format,
      formatFor: formats.formatFor,
      ...(readFile === undefined ? {} : { readFile }),
      http: host,
      isProduction,
      directory: import.meta.dirname,
    },
  };
  const { value, faults } = readRest(restConnector.source, options);
  if (value === undefined || faults.length > 0) throw new Error(faults.join("; "));
  if (others !== undefined) {
    const sources = [value, ...others.map((operation) => ({ ...value, operation }))].map((one) => ({ options: one, path: "routes" }));
    await restConnector.source?.checkAll?.(sources, context.services);
  }
  const running = await restConnector.source?.open(value, context);
  const { origin, port } = await host.listen();
  return {
    received,
    running,
    port,
    request: (path: string, init?: RequestInit) => fetch(origin + path, init),
    [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }),
  };
}

export async function echo(incoming: Incoming): Promise<Message> {
  return createMessage(incoming.id ?? "m1", incoming.body, { ...incoming.headers });
}

/** A route with a fixed result. */
export function answering(body: unknown, headers: Record<string, HeaderValue> = {}): Deliver {
  return async () => createMessage("m1", body, headers);
}

export function json(value: unknown, headers: Record<string, string> = {}): RequestInit {
  return { method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json", ...headers } };
}
