import { header, type Format, type Message, type TargetContext } from "@portolan/core";
import { chosenFormat, formats } from "@portolan/formats";
import { headerText } from "../../header-text.ts";
import { requiredOperation } from "../rest-method.ts";
import type { CallPlan } from "./call-plan.ts";
import { authOf } from "../../http/auth.ts";
import type { ClientOptions } from "./options.ts";
import { SAFE_METHODS } from "../../http/outgoing.ts";
import { readReply } from "./reply-reader.ts";
import { forwarded, lowerCaseNames } from "./request-headers.ts";
import { isBodyStream } from "../../http/body-stream.ts";
import { streamBody } from "./stream-body.ts";
import { serverAddresses } from "../../http/servers.ts";
import { createUrlTemplate } from "./url-template.ts";

/** Calls of one method on one URL. */
export function urlPlan(options: ClientOptions, { services }: TargetContext): CallPlan {
  const { method, hasBody, place } = requiredOperation(options);
  const url = createUrlTemplate(place);
  const given = serverAddresses(options.servers);
  const servers = given.length === 0 ? [url.origin] : given;
  const [base = url.origin] = servers;
  const endpoint = `${method} ${url.shown}`;
  const format = hasBody ? chosenFormat(options.format, services) : undefined;
  const mediaType = formats.find(({ name }) => name === options.format.name)?.mediaTypes[0];
  const own: Readonly<Record<string, string>> = { ...lowerCaseNames(options.headers), ...lowerCaseNames(options.secretHeaders ?? {}) };
  const fixed = {
    accept: "application/json, */*;q=0.5",
    ...(hasBody ? { "content-type": mediaType ?? "application/octet-stream" } : {}),
    ...own,
  };
  const keyHeader = SAFE_METHODS.has(method) ? undefined : options.idempotencyHeader.toLowerCase();
  // A stream is no document of a format that is not a sequence of records.
  const isPlainStream = (body: unknown) => format !== undefined && isBodyStream(body) && format.encodeRecord === undefined;
  const pieceType = (message: Message) =>
    own["content-type"] ?? String(header(message.headers, "content-type") ?? "application/octet-stream");
  return {
    endpoint,
    way: { servers, authorizations: authOf(options.auth), headers: fixed },
    request: (message, key) => ({
      method,
      base,
      path: url.pathFor(message),
      headers: {
        ...fixed,
        ...(isPlainStream(message.body) ? { "content-type": pieceType(message) } : {}),
        ...forwarded(message, options.forward),
        ...(keyHeader === undefined ? {} : { [keyHeader]: headerText(key) }),
      },
      body: format === undefined ? null : written(format, message.body, endpoint),
      endpoint,
    }),
    reply: (answer) => readReply(answer, services, endpoint),
  };
}

function written(format: Format, body: unknown, endpoint: string): Uint8Array | AsyncIterable<Uint8Array> {
  return isBodyStream(body) ? streamBody(body, format, endpoint) : format.encode(body === undefined ? null : body);
}
