import { PortolanError, header, type Message, type Reply, type RunningTarget, type SendRequest, type TargetContext } from "@portolan/core";
import { headerText } from "../header-text.ts";
import { callHttp, type HttpAnswer } from "../http-call.ts";
import { errorOfFailure, errorOfStatus } from "../remote-error.ts";
import { ADDRESSING_BLOCKS, isOfAnother, readAddressing, requestBlocks } from "./addressing/addressing.ts";
import { operationNamed, readService } from "./app-service.ts";
import { CONTENT_TYPES, readEnvelope, type Envelope } from "./envelope.ts";
import { createMessageCodec, type MessageCodec } from "./message-codec.ts";
import { fromMessageHeaders, toMessageHeaders } from "./message-headers.ts";
import { isPackage, parameterOf, readPackage } from "./mtom/read-package.ts";
import { createAttachments } from "./mtom/write-package.ts";
import type { ClientOptions } from "./options.ts";
import { readFault } from "./received-fault.ts";
import { errorOfFault } from "./fault-error.ts";
import { checkUnderstood } from "./request.ts";
import type { SoapOperation, SoapPort } from "./wsdl/service-model.ts";
import { parseXml, type ParsedXml } from "./xml/parse-xml.ts";
import { clark } from "./xml/xml-element.ts";

/** A client of one operation, with a pool of connections of its own. */
export async function openClient(options: ClientOptions, context: TargetContext): Promise<RunningTarget> {
  const { Pool } = await import("undici");
  const service = readService(options.wsdl, context.services);
  const operation = operationNamed(service, options.operation, options.wsdl);
  const port = portOf(operation, options);
  const url = addressOf(port, options);
  const endpoint = `${operation.name} of ${url.origin}${url.pathname}`;
  const input = createMessageCodec(operation.input, operation.schemas);
  const read = createReplyReader(operation, { endpoint, options, context });
  const fixed = fixedHeaders(options, port);
  const isAddressed = options.addressing ?? port.usesAddressing;
  const blocks = { ...options.headerBlocks, ...options.secretHeaderBlocks };
  // undici's own limits are off: `timeout` covers them, through the clock.
  const pool = new Pool(url.origin, {
    connections: options.maxConnections,
    connectTimeout: options.connectTimeout,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  });
  let closed: Promise<void> | undefined;

  return {
    async send(message: Message, { mode, key, signal }: SendRequest) {
      const headers = { ...blocks, ...fromMessageHeaders(chosen(message, options.forward), operation.input) };
      // The same on every attempt, by which a service can tell that it has the message already.
      const messageId = isAddressed ? `urn:portolan:message:${encodeURIComponent(key)}` : undefined;
      const extra =
        messageId === undefined ? undefined : requestBlocks({ action: port.soapAction || operation.input.action, messageId, to: url.href });
      const attachments = options.mtom ? createAttachments() : undefined;
      const text = input.write(port.version, { body: message.body, headers }, { attach: attachments?.attach, extra });
      const packed = attachments?.package(text, { version: port.version, action: port.version === "1.2" ? port.soapAction : undefined });
      const request = {
        method: "POST" as const,
        path: url.pathname + url.search,
        headers: [
          ...(packed === undefined ? fixed : withType(fixed, packed.contentType)),
          ...forwarded(message, options.forward),
          options.idempotencyHeader,
          headerText(key),
        ],
        body: packed?.body ?? text,
      };
      const limits = {
        clock: context.clock,
        timeoutMs: options.timeout,
        maxBytes: options.maxResponse,
        signal,
        tooLate: () => new PortolanError("PORTOLAN_TIMEOUT", `${endpoint} did not answer within ${options.timeout} ms`, { endpoint }),
        tooLarge: () =>
          new PortolanError("PORTOLAN_BODY_TOO_LARGE", `${endpoint}: the reply is larger than ${options.maxResponse} bytes`, {
            endpoint,
            hint: "Raise maxResponse of the target if such replies are right.",
          }),
      };
      const answer = await callHttp(pool, request, limits).catch((reason: unknown) => {
        throw signal?.aborted === true && reason === signal.reason ? reason : errorOfFailure(reason, endpoint);
      });
      const reply = read(answer, messageId);
      return mode === "call" ? reply : undefined;
    },
    close: () => (closed ??= pool.close()),
  };
}

interface ReplyContext {
  readonly endpoint: string;
  readonly options: ClientOptions;
  readonly context: TargetContext;
}

/** Replies as data; faults and all else that is none are thrown. */
function createReplyReader(
  operation: SoapOperation,
  { endpoint, options, context }: ReplyContext,
): (answer: HttpAnswer, messageId: string | undefined) => Reply {
  const output = operation.output === undefined ? undefined : createMessageCodec(operation.output, operation.schemas);
  const understood = new Set([...(operation.output?.headers ?? []).map(clark), ...options.understand, ...ADDRESSING_BLOCKS]);

  return (answer, messageId) => {
    const isGood = answer.status >= 200 && answer.status < 300;
    if (!isGood && !isXml(answer)) throw errorOfStatus(answer, endpoint, context.clock.now());
    if (answer.body.length === 0 && output === undefined) return { body: null, headers: {} };
    try {
      const type = contentTypeOf(answer);
      using parsed = isPackage(type) ? parseXml(readPackage(type, answer.body)) : parseXml(answer.body, parameterOf(type, "charset"));
      const envelope = readEnvelope(parsed.tree);
      if ("wrong" in envelope) throw new PortolanError("PORTOLAN_FORMAT_INVALID", envelope.reason);
      const addressed = messageId === undefined ? undefined : readAddressing(envelope.headers, "");
      if (addressed !== undefined && messageId !== undefined && isOfAnother(addressed.addressing, messageId))
        throw new PortolanError(
          "PORTOLAN_FORMAT_INVALID",
          `it answers ${addressed.addressing.relatesTo.join(", ")}, which is another message`,
        );
      const fault = readFault(envelope.body, envelope.version);
      if (fault !== undefined) throw errorOfFault(fault, operation, { endpoint, now: context.clock.now(), answer });
      return readOutput(envelope, parsed, { output, understood });
    } catch (error) {
      if (!(error instanceof PortolanError) || error.endpoint !== undefined) throw error;
      // What is no envelope is the answer of something that stands before the service.
      if (!isGood) throw errorOfStatus(answer, endpoint, context.clock.now());
      throw new PortolanError(error.code, `${endpoint}: the reply is not what the document says: ${error.message}`, {
        kind: error.kind,
        endpoint,
        cause: error,
        ...(error.findings === undefined ? {} : { findings: error.findings }),
      });
    }
  };
}

function readOutput(
  envelope: Envelope,
  parsed: ParsedXml,
  { output, understood }: { readonly output: MessageCodec | undefined; readonly understood: ReadonlySet<string> },
): Reply {
  if (output === undefined) return { body: null, headers: {} };
  const problem = checkUnderstood(envelope, understood);
  if (problem !== undefined)
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", problem.reason, { hint: "list them under understand if that is right" });
  const { body, headers } = output.read(parsed, envelope);
  return { body, headers: toMessageHeaders(headers) };
}

function isXml(answer: HttpAnswer): boolean {
  const type = contentTypeOf(answer);
  return isPackage(type) || /^\s*(?:text\/xml|application\/(?:soap\+)?xml)\b/i.test(type);
}

function contentTypeOf({ headers }: HttpAnswer): string {
  return String(headers["content-type"] ?? "");
}

function withType(headers: readonly string[], type: string): readonly string[] {
  return headers.map((one, index) => (index % 2 === 1 && headers[index - 1] === "content-type" ? type : one));
}

/** The port to call: the one that is named, or the first of the version. */
function portOf({ name, ports }: SoapOperation, { port, version, wsdl }: ClientOptions): SoapPort {
  const found = ports.find((one) => (port === undefined || one.name === port) && (version === undefined || one.version === version));
  if (found !== undefined) return found;
  const known = ports.map((one) => `${one.name} (SOAP ${one.version})`).join(", ");
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${wsdl} does not offer ${name} at ${[port, version && `SOAP ${version}`].filter(Boolean).join(" by ")}; there are: ${known}`,
  );
}

function addressOf({ address: own, name }: SoapPort, { address = own, wsdl }: ClientOptions): URL {
  if (address !== undefined && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return new URL(address);
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `expected the address of an HTTP service for the port ${name} of ${wsdl}, found ${address ?? "none"}`,
    {
      hint: "give it with address",
    },
  );
}

function fixedHeaders({ headers, secretHeaders = {} }: ClientOptions, { version, soapAction }: SoapPort): readonly string[] {
  const type = CONTENT_TYPES[version];
  const all = new Map([
    ["accept", "text/xml, application/soap+xml, multipart/related"],
    ["accept-encoding", "identity"],
    ["content-type", version === "1.2" && soapAction !== "" ? `${type}; action="${headerText(soapAction)}"` : type],
  ]);
  // SOAP 1.1, section 6.1.1: it is always there, if only as an empty text.
  if (version === "1.1") all.set("soapaction", `"${headerText(soapAction)}"`);
  for (const [name, value] of [...Object.entries(headers), ...Object.entries(secretHeaders)]) all.set(name.toLowerCase(), value);
  return [...all].flat();
}

function chosen(message: Message, names: readonly string[]): Record<string, NonNullable<ReturnType<typeof header>>> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = header(message.headers, name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** HTTP headers; header blocks are none of them. */
function forwarded(message: Message, names: readonly string[]): readonly string[] {
  return Object.entries(chosen(message, names)).flatMap(([name, value]) =>
    name.toLowerCase().startsWith("soap-") ? [] : [name.toLowerCase(), headerText(Array.isArray(value) ? value.join(", ") : String(value))],
  );
}
