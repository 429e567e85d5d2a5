import type { Dispatcher } from "undici";
import { PortolanError, header, type Format, type Message, type RunningTarget, type SendRequest, type TargetContext } from "@portolan/core";
import { chosenFormat, formats } from "@portolan/formats";
import { headerText } from "../header-text.ts";
import { callHttp } from "../http-call.ts";
import type { ClientOptions } from "./options.ts";
import { errorOfFailure, errorOfStatus } from "../remote-error.ts";
import { readReply } from "./reply-reader.ts";
import { requiredOperation } from "./rest-method.ts";
import { createUrlTemplate } from "./url-template.ts";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/** A client of one URL, with a pool of connections of its own. A connection that fails is made anew by the next send. */
export async function openClient(options: ClientOptions, context: TargetContext): Promise<RunningTarget> {
  const { Pool } = await import("undici");
  const { method, hasBody, place } = requiredOperation(options);
  const url = createUrlTemplate(place);
  const endpoint = `${method} ${url.shown}`;
  const format = hasBody ? chosenFormat(options.format, context.services) : undefined;
  const fixed = fixedHeaders(options, hasBody);
  const changes = !SAFE_METHODS.has(method);
  // undici's own limits are off: `timeout` covers them, through the clock.
  const pool = new Pool(url.origin, {
    connections: options.maxConnections,
    connectTimeout: options.connectTimeout,
    headersTimeout: 0,
    bodyTimeout: 0,
    allowH2: false,
  });

  let closed: Promise<void> | undefined;

  const requestOf = (message: Message, key: string): Dispatcher.DispatchOptions => {
    const headers = [...fixed, ...forwarded(message, options.forward)];
    if (changes) headers.push(options.idempotencyHeader, headerText(key));
    return { method, path: url.pathFor(message), headers, body: format === undefined ? null : encode(format, message.body) };
  };

  return {
    async send(message: Message, { mode, key, signal }: SendRequest) {
      const request = requestOf(message, key);
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
      if (answer.status < 200 || answer.status > 299) throw errorOfStatus(answer, endpoint, context.clock.now());
      return mode === "call" ? readReply(answer, context.services, endpoint) : undefined;
    },
    close: () => (closed ??= pool.close()),
  };
}

/** What every request says, as a flat list of names and values. */
function fixedHeaders(options: ClientOptions, hasBody: boolean): readonly string[] {
  const all = new Map([
    ["accept", "application/json, */*;q=0.5"],
    ["accept-encoding", "identity"],
  ]);
  const mediaType = formats.find(({ name }) => name === options.format.name)?.mediaTypes[0];
  if (hasBody) all.set("content-type", mediaType ?? "application/octet-stream");
  for (const [name, value] of [...Object.entries(options.headers), ...Object.entries(options.secretHeaders ?? {})])
    all.set(name.toLowerCase(), value);
  return [...all].flat();
}

function forwarded(message: Message, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value = header(message.headers, name);
    return value === undefined ? [] : [name.toLowerCase(), headerText(Array.isArray(value) ? value.join(", ") : String(value))];
  });
}

function encode(format: Format, body: unknown): Uint8Array {
  return format.encode(body === undefined ? null : body);
}
