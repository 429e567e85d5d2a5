import {
  PortolanError,
  type ConnectorServices,
  type HeaderValue,
  type Incoming,
  type RunningSource,
  type SourceContext,
} from "@portolan/core";
import { blamed, createInFlight, isDoorHost, type DoorHost } from "@portolan/gateway";
import { batched } from "./batch.ts";
import { endpointAt } from "./endpoint.ts";
import { fieldError } from "./field-error.ts";
import { placeOf, placeWords } from "./field-place.ts";
import type { DoorOptions } from "./options.ts";
import { readPersisted } from "./persisted-operations.ts";
import type { FieldContext } from "./served-schema.ts";
import { settingsOf } from "./settings.ts";
import { readAppFile, writtenSchema } from "./written-schema.ts";

/** Adds the route as a field to the schema of the door's path. */
export async function openField(options: DoorOptions, context: SourceContext): Promise<RunningSource> {
  const owner = `route ${context.route}`;
  const place = placeOf(options, context.route);
  if (place === undefined) {
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: "${context.route}" is no name of a GraphQL field`, {
      hint: `Give the field a name of letters, digits and _, such as graphql.${options.mutation === undefined ? "query" : "mutation"}("placeOrder").`,
    });
  }
  const requests = createInFlight();

  const call = async (body: unknown, request: FieldContext): Promise<unknown> => {
    const incoming: Incoming = { body, headers: keptHeaders(request, options.keepHeaders) };
    const limit = timeLimit(request, options.timeout, context);
    try {
      requests.enter();
    } catch (error) {
      limit.end();
      throw error;
    }
    try {
      const result = await Promise.race([context.deliver(incoming, { mode: "request", signal: limit.signal }), limit.passed]);
      return result?.body;
    } catch (error) {
      throw await blamed(error, incoming.body, context.input);
    } finally {
      limit.end();
      requests.leave();
    }
  };
  const { batch = false } = options;
  const together = batch === false ? call : batched(call, batch === true ? Infinity : batch, placeWords(place));
  const resolve = (body: unknown, request: FieldContext): Promise<unknown> =>
    together(body, request).catch((error: unknown) => {
      throw fieldError(error, request.requestId);
    });

  const { log, clock, services } = context;
  const persisted =
    options.persisted === undefined
      ? new Map<string, string>()
      : readPersisted(readAppFile(options.persisted, services), options.persisted);
  const field = endpointAt({ host: httpHostOf(services, owner), path: options.path, log, clock }).add({
    place,
    owner,
    input: context.input?.jsonSchema,
    output: context.output?.jsonSchema,
    isBatch: batch !== false,
    settings: settingsOf(options, persisted),
    policies: options.policies,
    written: writtenSchema(options.schema, services),
    resolve,
  });
  return {
    async close() {
      await requests.close();
      field.remove();
    },
  };
}

export function httpHostOf({ http }: ConnectorServices, owner: string): DoorHost {
  if (isDoorHost(http)) return http;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: GraphQL needs the node's HTTP host, and there is none`, {
    hint: "Give the node a port for HTTP.",
  });
}

function keptHeaders({ headers }: FieldContext, names: readonly string[]): Record<string, HeaderValue> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name.toLowerCase()];
      return value === undefined ? [] : [[name.toLowerCase(), value] as const];
    }),
  );
}

/** The caller's signal, which is aborted as well when the field or the whole request takes too long. */
function timeLimit({ signal, deadline }: FieldContext, timeoutMs: number, { clock, route }: SourceContext) {
  const tooLong = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const left = Math.max(0, Math.min(timeoutMs, deadline - clock.now()));
  const timer = clock.after(left, () => {
    const reason = new PortolanError("PORTOLAN_TIMEOUT", `route ${route} did not answer within ${left} ms`);
    reject(reason);
    tooLong.abort(reason);
  });
  return { passed, signal: AbortSignal.any([signal, tooLong.signal]), end: () => timer.cancel() };
}
