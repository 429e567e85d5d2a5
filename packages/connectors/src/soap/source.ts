import {
  NO_HEADERS,
  PortolanError,
  type DeliverOptions,
  type Incoming,
  type Message,
  type RunningSource,
  type SourceContext,
} from "@portolan/core";
import { blamed, createInFlight, isDoorHost, type DoorHost, type Exchange } from "@portolan/gateway";
import { operationNamed, readService } from "./app-service.ts";
import { ADDRESSING_BLOCKS, answerBlocks } from "./addressing/addressing.ts";
import { answerFault, type Asker } from "./answer-fault.ts";
import { createElementWriter } from "./body/write-element.ts";
import { endpointAt, type OpenOperation, type RouteOperation, type SoapRequest } from "./endpoint.ts";
import { CONTENT_TYPES } from "./envelope.ts";
import { createMessageCodec } from "./message-codec.ts";
import { fromMessageHeaders, toMessageHeaders } from "./message-headers.ts";
import { contractBody, type ContractBody } from "./generate/contract-body.ts";
import { contractServiceAt, schemaOfContract } from "./generate/contract-service.ts";
import { EMPTY, VALUE } from "./generate/service-document.ts";
import { createAttachments } from "./mtom/write-package.ts";
import type { DoorOptions } from "./options.ts";
import { documentedService, type ServiceSource } from "./service-source.ts";
import type { ServiceModel, SoapOperation } from "./wsdl/service-model.ts";
import { clark } from "./xml/xml-element.ts";

/** A request without its document, which is gone when the route has answered. */
type Asked = Omit<SoapRequest, "parsed">;
type Result = Pick<Message, "body" | "headers">;

/** Makes the route the operation of a service: of a document's at the paths of its ports, of one that its contract describes at a path of its own. */
export async function openOperation(options: DoorOptions, context: SourceContext): Promise<RunningSource> {
  const host = httpHostOf(context);
  const requests = createInFlight();
  const described = options.service === undefined ? describedByContract(host, options, context) : describedByDocument(options, context);
  const route: RouteOperation = {
    name: described.name,
    owner: `route ${context.route}`,
    maxBodyBytes: options.maxBody,
    timeoutMs: options.timeout,
    policies: options.policies,
    open(service) {
      const operation = operationNamed(service, described.name, options.service ?? "the service");
      return {
        operation,
        understood: new Set([...operation.input.headers.map(clark), ...options.understand, ...ADDRESSING_BLOCKS]),
        answer: createAnswer(operation, { options, context, requests, ...described }),
      };
    },
  };
  const mounted = described.paths.map((path) => endpointAt({ host, path, origin: options.address }).add(described.service, route));
  return {
    async close() {
      await requests.close();
      for (const one of mounted) one.remove();
      described.remove();
    },
  };
}

/** An operation by its description. */
interface DescribedOperation {
  readonly name: string;
  readonly service: ServiceSource;
  readonly paths: readonly string[];
  /** Bodies as the route has them, where they are not the data of the messages themselves. */
  readonly bodies: { readonly input: ContractBody; readonly output: ContractBody };
  remove(): void;
}

function describedByDocument(options: DoorOptions, context: SourceContext): DescribedOperation {
  const { service: path = "", operation: name = "" } = options;
  const model = readService(path, context.services);
  const operation = operationNamed(model, name, path);
  return { name, service: documentedService(model), paths: pathsOf(operation, options, model), bodies: AS_THEY_ARE, remove() {} };
}

const SAME: ContractBody = { read: (data) => data, write: (body) => body };
const AS_THEY_ARE = { input: SAME, output: SAME };

function describedByContract(host: DoorHost, options: DoorOptions, context: SourceContext): DescribedOperation {
  const { operation: name = "", path = "/soap", serviceName, namespace } = options;
  const owner = `route ${context.route}`;
  const service = contractServiceAt(host, path, { serviceName, namespace, owner });
  const input = schemaOfContract(context.input, `${owner}: the contract of its input`);
  const output = schemaOfContract(context.output, `${owner}: the contract of its output`);
  const { remove } = service.add({ name, owner, input, output });
  const bodies = { input: contractBody(input ?? EMPTY, VALUE.input), output: contractBody(output ?? true, VALUE.output) };
  return { name, service, paths: [path], bodies, remove };
}

interface Answering extends Pick<DescribedOperation, "bodies"> {
  readonly options: DoorOptions;
  readonly context: SourceContext;
  readonly requests: ReturnType<typeof createInFlight>;
}

function createAnswer(operation: SoapOperation, { options, context, requests, bodies }: Answering): OpenOperation["answer"] {
  const input = createMessageCodec(operation.input, operation.schemas);
  const output = operation.output === undefined ? undefined : createMessageCodec(operation.output, operation.schemas);
  const deliver = context.answer ?? context.deliver;

  const send = (asked: Asked, result: Result | undefined): void => {
    const { exchange, envelope, head, addressing } = asked;
    const { version } = envelope;
    if (output === undefined || operation.output === undefined) return exchange.reply(202, {});
    const { body, headers } = result ?? { body: null, headers: NO_HEADERS };
    const fault = headers["soap-fault"];
    if (fault !== undefined)
      return sendFault({ exchange, version, addressing }, { name: String(fault), body, reason: headers["soap-fault-reason"] });
    if (addressing?.reply.isNowhere === true) return exchange.reply(202, {});
    const extra = addressing === undefined ? undefined : answerBlocks(addressing, addressing.reply, operation.output.action);
    const attachments = head.takesPackage ? createAttachments() : undefined;
    const data = { headers: fromMessageHeaders(headers, operation.output ?? operation.input) };
    const text = asDefect(() =>
      output.write(version, { ...data, body: bodies.output.write(body) }, { attach: attachments?.attach, extra }),
    );
    const packed = attachments?.package(text, { version });
    exchange.reply(200, { "content-type": packed?.contentType ?? CONTENT_TYPES[version] }, packed?.body ?? text);
  };

  const sendFault = (
    asker: Asker,
    { name, body, reason }: { readonly name: string; readonly body: unknown; readonly reason: unknown },
  ): void => {
    const shape = operation.faults.find((one) => one.name === name);
    if (shape === undefined) {
      const known = operation.faults.map((one) => one.name).join(", ") || "none";
      throw new PortolanError(
        "PORTOLAN_CONFIG_INVALID",
        `route ${context.route}: the header soap-fault is ${name}, and the faults of ${operation.name} are: ${known}`,
      );
    }
    const writer = createElementWriter(operation.schemas.model, { prefixes: new Map([[shape.element.namespace, "tns"]]) });
    const detail = asDefect(() => writer.element(shape.element, body));
    answerFault(asker, {
      code: "Client",
      action: shape.action,
      reason: typeof reason === "string" ? reason : name,
      detail,
      declarations: writer.declarations(),
    });
  };

  const later = async (request: Asked, incoming: Incoming, result: Promise<Result | undefined>): Promise<void> => {
    try {
      send(request, await result);
    } catch (error) {
      throw await blamed(error, incoming.body, context.input);
    } finally {
      requests.leave();
    }
  };

  return ({ parsed, ...asked }) => {
    const { exchange, envelope } = asked;
    const { body: data, headers } = input.read(parsed, envelope);
    const body = bodies.input.read(data);
    const incoming: Incoming = { body, headers: { ...keptHeaders(exchange, options.keepHeaders), ...toMessageHeaders(headers) } };
    const mode: DeliverOptions =
      output === undefined ? { mode: "oneWay", failure: "report" } : { mode: "request", signal: exchange.signal };
    requests.enter();
    let result: Result | undefined | Promise<Result | undefined>;
    try {
      result = deliver(incoming, mode);
    } catch (error) {
      result = Promise.reject(error);
    }
    if (result instanceof Promise) return later(asked, incoming, result);
    try {
      send(asked, result);
    } finally {
      requests.leave();
    }
  };
}

/** A reply that the document does not allow is a fault on this side. */
function asDefect(write: () => string): string {
  try {
    return write();
  } catch (cause) {
    if (!(cause instanceof PortolanError)) throw cause;
    throw new PortolanError(cause.code, `the result cannot be sent: ${cause.message}`, {
      kind: "defect",
      cause,
      ...(cause.findings === undefined ? {} : { findings: cause.findings }),
    });
  }
}

function keptHeaders({ headers }: Exchange, names: readonly string[]) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name.toLowerCase()];
      return value === undefined ? [] : [[name.toLowerCase(), value] as const];
    }),
  );
}

/** Where the operation is answered: at the paths that the document gives to its ports, unless the door says otherwise. */
function pathsOf(operation: SoapOperation, { path }: DoorOptions, { name }: ServiceModel): readonly string[] {
  if (path !== undefined) return [path];
  const paths = operation.ports.map(({ address }) => {
    const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
    return url?.protocol.startsWith("http") === true ? url.pathname : `/${encodeURIComponent(name)}`;
  });
  return [...new Set(paths)];
}

function httpHostOf(context: SourceContext): DoorHost {
  const { http } = context.services;
  if (isDoorHost(http)) return http;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `route ${context.route}: a SOAP door needs the node's HTTP host, and there is none`, {
    hint: "Give the node a port for HTTP.",
  });
}
