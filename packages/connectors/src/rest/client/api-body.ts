import { PortolanError, describeValue, header, type ConnectorServices, type ContractCheck, type Message } from "@portolan/core";
import { formats } from "@portolan/formats";
import type { ApiBody, ApiContent, ApiSchema } from "@portolan/formats/openapi";
import { isBodyStream } from "../../http/body-stream.ts";
import { streamBody } from "./stream-body.ts";
import { mediaTypeName } from "../media-types.ts";
import { isData } from "./api-reply.ts";

/** The body of a request, and its media type. */
export interface BodyBytes {
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array> | null;
  readonly contentType?: string;
}

export type BodyWriter = (value: unknown, message: Message) => BodyBytes;

interface WriterParts {
  readonly endpoint: string;
  readonly mediaType: string | undefined;
  readonly services: ConnectorServices;
  compile(schema: ApiSchema): ContractCheck;
}

/** Bodies as the description wants them. Throws PORTOLAN_CONFIG_INVALID if `mediaType` is none of its own; a breach is PORTOLAN_CONTRACT_FAILED. */
export function bodyWriter(body: ApiBody, parts: WriterParts): BodyWriter {
  const content = chosenContent(body, parts);
  const { mediaType } = content;
  const name = mediaTypeName(mediaType);
  const isForm = name === "application/x-www-form-urlencoded";
  const check = content.schema !== undefined && (isData(name) || isForm) ? parts.compile(content.schema) : undefined;
  const format = parts.services.formatFor(name === "*/*" ? "application/json" : mediaType);
  return (value, message) => {
    if (value === undefined || (value === null && !body.required)) {
      if (!body.required) return { bytes: null };
      throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `${parts.endpoint}: the body is missing, and this operation needs one`);
    }
    if (isBodyStream(value)) return { bytes: streamBody(value, format, parts.endpoint), contentType: typeOfBytes(mediaType, message) };
    if (check !== undefined) checkBody(check, value, parts.endpoint);
    if (format !== undefined && !(value instanceof Uint8Array))
      return { bytes: format.encode(value), contentType: sentType(name, format.name, mediaType) };
    if (typeof value === "string" || value instanceof Uint8Array)
      return {
        bytes: Buffer.from(value),
        contentType: typeOfBytes(mediaType, message),
      };
    throw new PortolanError(
      "PORTOLAN_FORMAT_INVALID",
      `${parts.endpoint}: expected bytes or a text, since there is no format for ${mediaType}; found ${describeValue(value)}`,
    );
  };
}

/** Where any type will do, the message says which it is. */
function typeOfBytes(mediaType: string, { headers }: Message): string {
  return mediaType.includes("*") ? String(header(headers, "content-type") ?? "application/octet-stream") : mediaType;
}

/** A body of parts says where these end. */
function sentType(name: string, format: string, mediaType: string): string {
  if (name === "*/*") return "application/json";
  const own = formats.find((one) => one.name === format)?.mediaTypes.find((type) => type !== name && mediaTypeName(type) === name);
  return own ?? mediaType;
}

function chosenContent({ content }: ApiBody, { mediaType }: WriterParts): ApiContent {
  const found =
    mediaType === undefined
      ? (content.find((one) => isData(one.mediaType)) ?? content[0])
      : content.find((one) => mediaTypeName(one.mediaType) === mediaTypeName(mediaType));
  if (found !== undefined) return found;
  if (mediaType === undefined) return { mediaType: "application/json", examples: [] };
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `the operation takes no body of type ${mediaType}`, {
    hint: `it takes ${content.map((one) => one.mediaType).join(", ")}`,
  });
}

function checkBody(check: ContractCheck, value: unknown, endpoint: string): void {
  const result = check.check(value);
  if (result instanceof Promise || "body" in result) return;
  const [first] = result.issues;
  throw new PortolanError(
    "PORTOLAN_CONTRACT_FAILED",
    `${endpoint}: the body of the request breaks the description: ${first?.path || "the body"} ${first?.message}`,
    {
      findings: result.issues.map(({ path, message }) => ({ path, message })),
    },
  );
}
