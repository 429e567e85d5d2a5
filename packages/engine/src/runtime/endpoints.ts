import {
  PortolanError,
  createHeaders,
  type AddressTargetNode,
  type ConnectorDefinition,
  type ConnectorTargetNode,
  type Expression,
  type Headers,
  type Message,
  type RunningTarget,
  type TargetContext,
  type TargetNode,
} from "@portolan/core";
import type { AddressRules, Evaluate } from "../pattern.ts";
import type { Channel } from "./channel.ts";
import { withoutChecks } from "./claim-checks.ts";
import type { RunningEndpoint } from "./endpoint.ts";
import type { Execution } from "./execution.ts";
import { guarded } from "./expressions.ts";
import { isAllowed } from "./allowed-address.ts";
import { opening } from "./opening.ts";
import type { Route } from "./route.ts";
import { andThen } from "./step.ts";
import { targetExpressions } from "./target-expressions.ts";

/** Makes the targets of an app, and opens and closes what connectors need for them. */
export interface Endpoints {
  compile(target: TargetNode, use: EndpointUse): RunningEndpoint;
  /** The endpoint of a computed address, undefined where it is skipped; throws PORTOLAN_ADDRESS_… otherwise. */
  resolve(address: unknown, rules: AddressRules, use: SendUse): RunningEndpoint | undefined;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Where a target stands: it makes the idempotency keys of what is sent. */
export interface SendUse {
  readonly route: string;
  readonly step: string;
}

export interface EndpointUse extends SendUse {
  /** Puts an endpoint behind interceptions; a computed one, once its address is known. */
  intercepted(endpoint: RunningEndpoint): RunningEndpoint;
  expression(expression: Expression): Evaluate;
}

export interface EndpointParts {
  channel(name: string): Channel | undefined;
  route(id: string): Route | undefined;
  readonly recorder: ((name: string, message: Message) => void) | undefined;
  readonly connectors: readonly ConnectorDefinition[];
  readonly context: Omit<TargetContext, "expression">;
}

interface Slot {
  readonly node: ConnectorTargetNode;
  readonly use: SendUse;
  readonly expressions: ReadonlyMap<unknown, Evaluate>;
  target: RunningTarget | undefined;
}

/** Computed connector addresses keep at most this many clients open. */
const MAX_COMPUTED = 100;
const NO_EXPRESSIONS: ReadonlyMap<unknown, Evaluate> = new Map();
const INTERNAL = ["channel", "route", "record"];

export function createEndpoints(parts: EndpointParts): Endpoints {
  const slots: Slot[] = [];
  const computed = new Map<string, Promise<RunningTarget>>();
  /** Computed addresses within the app, as these write them: no more than there are channels and routes. */
  const internal = new Map<string, RunningEndpoint>();
  const keep = (endpoint: RunningEndpoint): RunningEndpoint => {
    const known = internal.get(endpoint.address);
    if (known === undefined) internal.set(endpoint.address, endpoint);
    return known ?? endpoint;
  };

  const channelEndpoint = (name: string): RunningEndpoint => {
    // Channels and routes are looked up at run time: they may be compiled after the step that names them.
    const channel = () => parts.channel(name) as Channel;
    return {
      address: `channel:${name}`,
      replies: false,
      send: (message, execution) => channel().send(message, execution),
      call: (message, execution) => andThen(channel().send(message, execution), () => message),
    };
  };

  const routeEndpoint = (id: string): RunningEndpoint => {
    let route: Route | undefined;
    const run = (message: Message, execution: Execution) => (route ??= parts.route(id) as Route).call(withoutChecks(message), execution);
    return {
      address: `route:${id}`,
      replies: true,
      send(message, execution) {
        const result = run(message, execution);
        return result instanceof Promise ? result.then(() => undefined) : undefined;
      },
      call(message, execution) {
        const result = run(message, execution);
        return result instanceof Promise ? routeRepliedLater(message, result) : routeReplied(message, result);
      },
    };
  };

  const recordEndpoint = (name: string): RunningEndpoint => ({
    address: `record:${name}`,
    replies: true,
    send: (message) => parts.recorder?.(name, message),
    call: (message) => {
      parts.recorder?.(name, message);
      return replied(message, message);
    },
  });

  const connectorEndpoint = (
    use: SendUse,
    target: () => RunningTarget | Promise<RunningTarget>,
    { address, replies }: Pick<RunningEndpoint, "address" | "replies">,
  ): RunningEndpoint => {
    const request = (message: Message, execution: Execution, mode: "to" | "call") =>
      andThen(target(), (running) =>
        running.send(message, { mode, key: `${message.id}/${use.route}/${use.step}`, signal: execution.signal }),
      );
    return {
      address,
      replies,
      send: (message, execution) => andThen(request(message, execution, "to"), () => undefined),
      call: (message, execution) =>
        andThen(request(message, execution, "call"), (reply) =>
          replied(message, reply === undefined ? undefined : { body: reply.body, headers: reply.headers }),
        ),
    };
  };

  const staticConnector = (node: ConnectorTargetNode, use: EndpointUse): RunningEndpoint => {
    const specs = node.connector.target?.options ?? {};
    const expressions = targetExpressions(specs, node.options, (expression) => guarded(use.expression(expression)));
    const slot: Slot = { node, use, expressions, target: undefined };
    slots.push(slot);
    const target = () => {
      if (slot.target === undefined) throw new PortolanError("PORTOLAN_STOPPING", `${node.connector.name} is not open`);
      return slot.target;
    };
    const { name, target: definition } = node.connector;
    return connectorEndpoint(use, target, {
      address: `${name}:${definition?.describe(node.options) ?? ""}`,
      replies: definition?.replies ?? false,
    });
  };

  const byScheme = new Map(
    parts.connectors.flatMap((connector) => (connector.target?.address?.schemes ?? []).map((scheme) => [scheme, connector] as const)),
  );

  const contextWith = (expressions: ReadonlyMap<unknown, Evaluate>): TargetContext => ({
    ...parts.context,
    expression: (expression) =>
      expressions.get(expression) ??
      (() => {
        throw new TypeError("this expression is none of the target's options");
      }),
  });

  const openComputed = (address: string): Promise<RunningTarget> | undefined => {
    const known = computed.get(address);
    if (known !== undefined) return known;
    const definition = byScheme.get(schemeOf(address))?.target;
    if (definition?.address === undefined) return undefined;
    const target = definition.open(definition.address.options(address), contextWith(NO_EXPRESSIONS));
    computed.set(address, target);
    target.catch(() => computed.delete(address));
    if (computed.size > MAX_COMPUTED) {
      const [oldest, running] = computed.entries().next().value as [string, Promise<RunningTarget>];
      computed.delete(oldest);
      void running.then((open) => open.close());
    }
    return target;
  };

  /** The endpoint of a computed address, undefined where it is skipped. */
  const resolve = (value: unknown, node: AddressRules, use: SendUse): RunningEndpoint | undefined => {
    const address = typeof value === "string" ? value.trim() : value === undefined || value === null ? "" : String(value);
    if (address === "") {
      if (node.onEmpty === "skip") return undefined;
      throw new PortolanError("PORTOLAN_ADDRESS_EMPTY", "the address is missing or blank", { hint: "onEmpty: skip sends nowhere then" });
    }
    const known = internal.get(address);
    if (known !== undefined) return known;
    const scheme = schemeOf(address);
    const name = address.slice(scheme.length + 1).trim();
    if (scheme === "channel" && parts.channel(name) !== undefined) return keep(channelEndpoint(name));
    if (scheme === "route" && parts.route(name) !== undefined) return keep(routeEndpoint(name));
    if (scheme === "record" && parts.recorder !== undefined) return recordEndpoint(name);
    if (scheme !== "" && !INTERNAL.includes(scheme)) {
      if (!isAllowed(address, node.allow)) {
        throw new PortolanError("PORTOLAN_ADDRESS_DENIED", `the address ${address} is not allowed`, {
          hint: `add a pattern to "allow"; allowed: ${node.allow.join(", ") || "none"}`,
        });
      }
      const target = openComputed(address);
      if (target !== undefined) {
        const replies = byScheme.get(scheme)?.target?.replies ?? false;
        return connectorEndpoint(use, () => target, { address, replies });
      }
    }
    if (node.onUnknown === "skip") return undefined;
    throw new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `the address ${address} leads nowhere`, {
      hint: "an address is channel:NAME, route:ID or a connector's URI",
    });
  };

  const computedEndpoint = (node: AddressTargetNode, use: EndpointUse): RunningEndpoint => {
    const evaluate = use.expression(node.address);
    const found = (value: unknown) => {
      const endpoint = resolve(value, node, use);
      return endpoint === undefined ? undefined : use.intercepted(endpoint);
    };
    return {
      address: "",
      replies: true,
      send: (message, execution) => andThen(evaluate(message), (value) => found(value)?.send(message, execution)),
      call: (message, execution) => andThen(evaluate(message), (value) => found(value)?.call(message, execution) ?? message),
    };
  };

  return {
    compile(target, use) {
      switch (target.kind) {
        case "channel":
          return use.intercepted(channelEndpoint(target.channel));
        case "route":
          return use.intercepted(routeEndpoint(target.route));
        case "record":
          return use.intercepted(recordEndpoint(target.name));
        case "address":
          return computedEndpoint(target, use);
        case "connector":
          return use.intercepted(staticConnector(target, use));
        default:
          throw target satisfies never;
      }
    },
    resolve,
    async open() {
      for (const slot of slots) {
        const { target } = slot.node.connector;
        if (target !== undefined)
          slot.target = await opening(slot.use, () => target.open(slot.node.options, contextWith(slot.expressions)));
      }
    },
    async close() {
      const running = [
        ...slots.map((slot) => slot.target),
        ...(await Promise.all([...computed.values()].map((target) => target.catch(() => undefined)))),
      ];
      computed.clear();
      for (const target of running) await target?.close();
    },
  };
}

/** The body becomes the reply, headers stay, the reply's headers are an attribute. */
function replied(message: Message, reply: Pick<Message, "body" | "headers"> | undefined): Message {
  return withReply(message, reply?.body, reply === undefined ? {} : createHeaders(reply.headers));
}

/** The result of a route: its headers are those of a message already. */
function routeReplied(message: Message, result: Message | undefined): Message {
  return withReply(message, result?.body, result === undefined ? {} : result.headers);
}

/** A function of its own: a closure in the call would cost an allocation also where the route does not wait. */
function routeRepliedLater(message: Message, result: Promise<Message | undefined>): Promise<Message> {
  return result.then((reply) => routeReplied(message, reply));
}

function withReply(message: Message, body: unknown, headers: Headers): Message {
  return {
    id: message.id,
    body: body === undefined ? null : body,
    headers: message.headers,
    attributes: { ...message.attributes, reply: { headers } },
  };
}

function schemeOf(address: string): string {
  const colon = address.indexOf(":");
  return colon < 0 ? "" : address.slice(0, colon);
}
