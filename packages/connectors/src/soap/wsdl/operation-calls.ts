import { PortolanError, type JsonSchema } from "@portolan/core";
import { CONTENT_TYPES, readEnvelope } from "../envelope.ts";
import { createMessageCodec, type MessageCodec } from "../message-codec.ts";
import { createElementSchemas } from "../schema/json-schema.ts";
import { parseXml } from "../xml/parse-xml.ts";
import type { MessageShape, ServiceModel, SoapPort } from "./service-model.ts";

/** An operation as somebody who tests a service calls it: the first of its ports, and its messages as texts. */
export interface OperationCall {
  readonly name: string;
  readonly address: string | undefined;
  readonly contentType: string;
  readonly soapAction: string;
  /** Of the data that the body is written of; the schema of the document says more. */
  readonly schema: JsonSchema;
  /** Whether it has an answer beyond that it came. */
  readonly replies: boolean;
  /** The request as a text. Throws PORTOLAN_CONTRACT_FAILED with what is wrong. */
  write(body: unknown): string;
  /** What is wrong with the text of a request, or of an answer of success. */
  requestIssues(text: string): readonly string[];
  replyIssues(text: string): readonly string[];
}

export function operationCalls({ operations }: ServiceModel): readonly OperationCall[] {
  return operations.flatMap(({ name, ports, input, output, schemas }) => {
    const [port] = ports;
    if (port === undefined) return [];
    const request = createMessageCodec(input, schemas);
    const reply = output === undefined ? undefined : createMessageCodec(output, schemas);
    return [
      {
        name,
        address: port.address,
        contentType: CONTENT_TYPES[port.version],
        soapAction: port.soapAction,
        schema: schemaOf(input),
        replies: reply !== undefined,
        write: (body) => request.write(port.version, { body, headers: {} }),
        requestIssues: (text) => issuesOf(request, text, port),
        replyIssues: (text) => (reply === undefined ? [] : issuesOf(reply, text, port)),
      } satisfies OperationCall,
    ];
  });
}

function schemaOf({ body }: MessageShape): JsonSchema {
  const schemas = createElementSchemas();
  const [only] = body;
  if (only === undefined) return { type: "null" };
  const properties = Object.fromEntries(body.map((element) => [element.name, schemas.schemaOf(element)]));
  const own = body.length === 1 ? schemas.schemaOf(only) : { type: "object", properties, required: Object.keys(properties) };
  return schemas.definitions.size === 0 ? own : { ...own, $defs: Object.fromEntries(schemas.definitions) };
}

function issuesOf(codec: MessageCodec, text: string, { version }: SoapPort): readonly string[] {
  try {
    using parsed = parseXml(Buffer.from(text));
    const envelope = readEnvelope(parsed.tree);
    if ("reason" in envelope) return [envelope.reason];
    if (envelope.version !== version) return [`expected an envelope of SOAP ${version}, found one of ${envelope.version}`];
    codec.read(parsed, envelope);
    return [];
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return error.findings === undefined
      ? [error.message]
      : error.findings.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  }
}
