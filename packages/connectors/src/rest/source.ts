import {
  NO_HEADERS,
  PortolanError,
  createIds,
  type ContractCheck,
  type Contract,
  type Incoming,
  type Message,
  type RunningSource,
  type SourceContext,
} from "@portolan/core";
import { blamed, createInFlight, isDoorHost, type Door, type DoorHost, type Exchange, type OnBody } from "@portolan/gateway";
import { createAdmission, ownSecurity, type Admission } from "./admission.ts";
import type { ApiDoor } from "./api-door.ts";
import type { DoorOptions } from "./options.ts";
import { createReplyWriter, type BodyEncoder } from "./reply-writer.ts";
import type { BodyDecoder } from "./request-body.ts";
import { createRequestReader, decodeBody, decodeStream, type ParameterContracts, type RequestHead } from "./request-reader.ts";
import { requiredOperation } from "./rest-method.ts";
import { versionOf } from "./door-version.ts";

type Handled = void | Promise<void> | OnBody;
type Result = Pick<Message, "body" | "headers">;

/** A request that is answered, and how its reply will be written. */
interface Begun {
  readonly exchange: Exchange;
  readonly encoder: BodyEncoder;
}

interface CompleteRequest {
  readonly head: RequestHead;
  readonly decoder: BodyDecoder;
  readonly bytes: Buffer;
}

/** Mounts the door on the HTTP host of the node. */
export async function openDoor(given: DoorOptions, context: SourceContext): Promise<RunningSource> {
  const host = httpHostOf(context);
  const contract = await apiDoor(given, context);
  const options = contract?.options ?? given;
  const { method, place } = requiredOperation(options);
  const accepts = options.mode === "accept";
  const admission = contract === undefined ? ownAdmission(options) : contract.admission;
  const contracts = contract ?? { parameters: await parameterContracts(options, context) };
  const reader = createRequestReader(options, context, { ...contracts, admission });
  const status = options.status ?? (accepts ? 202 : 200);
  const closing = new AbortController();
  const writer =
    contract?.mock ??
    createReplyWriter({
      status,
      produces: accepts ? ["application/json"] : options.produces,
      replyHeaders: options.replyHeaders,
      services: context.services,
      clock: context.clock,
      etag: options.etag,
      closing: closing.signal,
      ...(contract?.reply === undefined ? {} : { contract: contract.reply }),
    });
  const nextId = createIds(() => context.clock.now(), context.random);

  const requests = createInFlight();

  const deliver = context.answer ?? context.deliver;
  const accept = async (incoming: Incoming): Promise<Result> => {
    const id = nextId();
    await deliver({ ...incoming, id }, { mode: "oneWay", failure: "report" });
    return { body: { id }, headers: NO_HEADERS };
  };

  const throwBlamed = async (error: unknown, { body }: Incoming): Promise<never> => {
    throw await blamed(error, body, context.input);
  };

  // What waits has functions of its own. Most requests meet routes that answer at once: for those there is no promise.
  const process = ({ exchange, encoder }: Begun, incoming: Incoming): void | Promise<void> => {
    let result: Result | undefined | Promise<Result | undefined>;
    if (contract?.mock !== undefined) return writer.send(exchange, undefined, encoder);
    try {
      result = accepts ? accept(incoming) : deliver(incoming, { mode: "request", signal: exchange.signal });
      if (!(result instanceof Promise)) return sent(writer.send(exchange, result, encoder), incoming);
    } catch (error) {
      return throwBlamed(error, incoming);
    }
    return processLater({ exchange, encoder }, incoming, result);
  };
  const sent = (sending: void | Promise<void>, incoming: Incoming): void | Promise<void> =>
    sending instanceof Promise ? sending.catch((error: unknown) => throwBlamed(error, incoming)) : sending;
  const processLater = async ({ exchange, encoder }: Begun, incoming: Incoming, result: Promise<Result | undefined>): Promise<void> => {
    try {
      await writer.send(exchange, await result, encoder);
    } catch (error) {
      await throwBlamed(error, incoming);
    }
  };

  const begin = (begun: Begun, head: RequestHead): Handled => {
    const decoder = reader.decoder(begun.exchange);
    if (decoder === undefined) return process(begun, reader.message(head, undefined));
    if (options.streamBody === true) return process(begun, reader.message(head, decodeStream(decoder, begun.exchange)));
    return { body: (bytes) => goOn(begun, { head, decoder, bytes }), lost: requests.leave };
  };
  const goOn = (begun: Begun, { head, decoder, bytes }: CompleteRequest): void | Promise<void> => {
    try {
      return counted(process(begun, reader.message(head, decodeBody(decoder, bytes, begun.exchange))));
    } catch (error) {
      requests.leave();
      throw error;
    }
  };
  const beginLater = async (begun: Begun, checked: Promise<RequestHead>): Promise<void> => {
    const head = await checked;
    const decoder = reader.decoder(begun.exchange);
    if (decoder !== undefined && options.streamBody === true)
      return process(begun, reader.message(head, decodeStream(decoder, begun.exchange)));
    const body = decoder === undefined ? undefined : decodeBody(decoder, await begun.exchange.readBody(), begun.exchange);
    await process(begun, reader.message(head, body));
  };

  /** Takes a request off the count once it has been dealt with, which is not yet so when its body is still to come. */
  const counted = <H extends Handled>(handled: H): H | Promise<void> => {
    if (handled instanceof Promise) return handled.finally(requests.leave);
    if (handled === undefined) requests.leave();
    return handled;
  };

  const handle = (exchange: Exchange): Handled => {
    requests.enter();
    try {
      // Before anything is processed: a caller that takes no reply of ours changes nothing.
      if (options.requireIfMatch === true && exchange.headers["if-match"] === undefined) throw withoutIfMatch();
      const begun = { exchange, encoder: writer.choose(exchange.headers["accept"]) };
      const head = reader.head(exchange);
      return counted(head instanceof Promise ? beginLater(begun, head) : begin(begun, head));
    } catch (error) {
      requests.leave();
      throw error;
    }
  };

  const version = versionOf(given);
  const door: Door = {
    version,
    method,
    path: place,
    owner: `route ${context.route}`,
    maxBodyBytes: options.maxBody,
    timeoutMs: options.timeout,
    handle,
    admit: admission && ((exchange) => void admission.admit(exchange)),
  };
  const mounted = host.mount(
    door,
    options.policies && {
      name: `${method} ${place}${version === undefined ? "" : ` ${version.name}`}`,
      options: options.policies,
    },
  );
  return {
    async close() {
      closing.abort();
      await requests.close();
      mounted.unmount();
    },
  };
}

function ownAdmission({ credentials }: DoorOptions): Admission | undefined {
  return credentials === undefined ? undefined : createAdmission(ownSecurity(credentials), credentials);
}

async function apiDoor(options: DoorOptions, context: SourceContext): Promise<ApiDoor | undefined> {
  const { api, operation } = options;
  if (api === undefined || operation === undefined) return undefined;
  return (await import("./api-door.ts")).openApiDoor(options, { api, operation }, context);
}

function withoutIfMatch(): PortolanError {
  return new PortolanError("PORTOLAN_PRECONDITION_REQUIRED", "expected If-Match with the ETag of what is to be changed", {
    hint: "read it first: its ETag says which state the caller knows",
  });
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
