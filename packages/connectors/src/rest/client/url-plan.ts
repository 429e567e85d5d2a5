import type { TargetContext } from "@portolan/core";
import { chosenFormat, formats } from "@portolan/formats";
import { headerText } from "../../header-text.ts";
import { requiredOperation } from "../rest-method.ts";
import type { CallPlan } from "./call-plan.ts";
import { authOf } from "../../http/auth.ts";
import type { ClientOptions } from "./options.ts";
import { SAFE_METHODS } from "../../http/outgoing.ts";
import { readReply } from "./reply-reader.ts";
import { forwarded, lowerCaseNames } from "./request-headers.ts";
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
  const fixed = {
    accept: "application/json, */*;q=0.5",
    ...(hasBody ? { "content-type": mediaType ?? "application/octet-stream" } : {}),
    ...lowerCaseNames(options.headers),
    ...lowerCaseNames(options.secretHeaders ?? {}),
  };
  const keyHeader = SAFE_METHODS.has(method) ? undefined : options.idempotencyHeader.toLowerCase();
  return {
    endpoint,
    way: { servers, authorizations: authOf(options.auth), headers: fixed },
    request: (message, key) => ({
      method,
      base,
      path: url.pathFor(message),
      headers: { ...fixed, ...forwarded(message, options.forward), ...(keyHeader === undefined ? {} : { [keyHeader]: headerText(key) }) },
      body: format === undefined ? null : format.encode(message.body === undefined ? null : message.body),
      endpoint,
    }),
    reply: (answer) => readReply(answer, services, endpoint),
  };
}
