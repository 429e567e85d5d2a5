import {
  NO_HEADERS,
  PortolanError,
  createIds,
  type ContractCheck,
  type Contract,
  type Incoming,
  type RunningSource,
  type SourceContext,
} from "@portolan/core";
import { isDoorHost, type DoorHost, type Exchange } from "@portolan/gateway";
import { createInFlight } from "./in-flight.ts";
import type { DoorOptions } from "./options.ts";
import { createReplyWriter } from "./reply-writer.ts";
import { createRequestReader, decodeBody, type ParameterContracts } from "./request-reader.ts";
import { requiredOperation } from "./rest-method.ts";

/** Mounts the door on the HTTP host of the node. */
export async function openDoor(options: DoorOptions, context: SourceContext): Promise<RunningSource> {
  const host = httpHostOf(context);
  const { method, place } = requiredOperation(options);
  const accepts = options.mode === "accept";
  const reader = createRequestReader(options, context, await parameterContracts(options, context));
  const writer = createReplyWriter({
    status: options.status ?? (accepts ? 202 : 200),
    produces: accepts ? ["application/json"] : options.produces,
    replyHeaders: options.replyHeaders,
    services: context.services,
  });
  const nextId = createIds(() => context.clock.now(), context.random);

  const requests = createInFlight();

  const accept = async (incoming: Incoming) => {
    const id = nextId();
    await context.deliver({ ...incoming, id }, { mode: "oneWay", failure: "report" });
    return { body: { id }, headers: NO_HEADERS };
  };

  const handle = async (exchange: Exchange) => {
    requests.enter();
    let incoming: Incoming | undefined;
    try {
      // Before anything is processed: a caller that takes no reply of ours changes nothing.
      const encoder = writer.choose(exchange.headers["accept"]);
      const read = reader.head(exchange);
      const head = read instanceof Promise ? await read : read;
      const decoder = reader.decoder(exchange);
      const body = decoder === undefined ? undefined : decodeBody(decoder, await exchange.readBody(), exchange);
      incoming = reader.message(head, body);
      const result = accepts ? await accept(incoming) : await context.deliver(incoming, { mode: "request", signal: exchange.signal });
      writer.send(exchange, result, encoder);
    } catch (error) {
      throw incoming === undefined ? error : await blamed(error, incoming, context);
    } finally {
      requests.leave();
    }
  };

  const mounted = host.mount({
    method,
    path: place,
    owner: `route ${context.route}`,
    maxBodyBytes: options.maxBody,
    timeoutMs: options.timeout,
    handle,
  });
  return {
    async close() {
      await requests.close();
      mounted.unmount();
    },
  };
}

function httpHostOf(context: SourceContext): DoorHost {
  const { http } = context.services;
  if (isDoorHost(http)) return http;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `route ${context.route}: a rest door needs the node's HTTP host, and there is none`, {
    hint: "Give the node a port for HTTP.",
  });
}

/** The contracts are compiled by their own compiler, which is loaded only for doors that have some. */
async function parameterContracts({ parameters }: DoorOptions, context: SourceContext): Promise<ParameterContracts> {
  if (parameters === undefined) return {};
  const { createContracts } = await import("@portolan/formats");
  const compiler = createContracts({ directory: context.services.directory });
  const compiled = (contract: Contract | undefined): ContractCheck | undefined =>
    contract === undefined ? undefined : compiler.compile(contract);
  return { path: compiled(parameters.path), query: compiled(parameters.query), headers: compiled(parameters.headers) };
}

/**
 * A breach of a contract is the caller's fault only if it is one of the request's own body. One of the route's output,
 * or of a body that the route made of a sound request, is a fault on this side: a defect to the caller.
 */
async function blamed(error: unknown, incoming: Incoming, context: SourceContext): Promise<unknown> {
  if (!(error instanceof PortolanError) || error.code !== "PORTOLAN_CONTRACT_FAILED") return error;
  const isSound = context.input === undefined ? !error.step : "body" in (await context.input.check(incoming.body));
  if (!isSound) return error;
  const { route, step, messageId, findings } = error;
  return new PortolanError(error.code, error.message, {
    kind: "defect",
    cause: error,
    ...(route === undefined ? {} : { route }),
    ...(step === undefined ? {} : { step }),
    ...(messageId === undefined ? {} : { messageId }),
    ...(findings === undefined ? {} : { findings }),
  });
}
