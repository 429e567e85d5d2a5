import { PortolanError, type HeaderValue, type Incoming, type RunningSource, type SourceContext } from "@portolan/core";
import { blamed, createInFlight, isDoorHost, type DoorHost } from "@portolan/gateway";
import { endpointAt } from "./endpoint.ts";
import { fieldError } from "./field-error.ts";
import type { FieldContext } from "./field.ts";
import { NAME, fieldOf, type DoorOptions } from "./options.ts";

/** Adds the route as a field to the schema of the door's path. */
export async function openField(options: DoorOptions, context: SourceContext): Promise<RunningSource> {
  const place = fieldOf(options);
  if (place === undefined) throw new TypeError("graphql options name no field");
  const name = place.name === true ? context.route : place.name;
  if (!NAME.test(name)) {
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `route ${context.route}: "${name}" is no name of a GraphQL field`, {
      hint: `Give the field a name of letters, digits and _, such as graphql.${place.operation}("placeOrder").`,
    });
  }
  const requests = createInFlight();

  const resolve = async (body: unknown, request: FieldContext): Promise<unknown> => {
    const incoming: Incoming = { body, headers: keptHeaders(request, options.keepHeaders) };
    const limit = timeLimit(request.signal, options.timeout, context);
    try {
      requests.enter();
    } catch (error) {
      limit.end();
      throw fieldError(error, request.requestId);
    }
    try {
      const result = await Promise.race([context.deliver(incoming, { mode: "request", signal: limit.signal }), limit.passed]);
      return result?.body;
    } catch (error) {
      throw fieldError(await blamed(error, incoming.body, context.input), request.requestId);
    } finally {
      limit.end();
      requests.leave();
    }
  };

  const field = endpointAt(httpHostOf(context), options.path, context.log).add({
    operation: place.operation,
    name,
    owner: `route ${context.route}`,
    input: context.input?.jsonSchema,
    output: context.output?.jsonSchema,
    limits: options.limits,
    policies: options.policies,
    resolve,
  });
  return {
    async close() {
      await requests.close();
      field.remove();
    },
  };
}

function httpHostOf(context: SourceContext): DoorHost {
  const { http } = context.services;
  if (isDoorHost(http)) return http;
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `route ${context.route}: a GraphQL door needs the node's HTTP host, and there is none`,
    {
      hint: "Give the node a port for HTTP.",
    },
  );
}

function keptHeaders({ headers }: FieldContext, names: readonly string[]): Record<string, HeaderValue> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name.toLowerCase()];
      return value === undefined ? [] : [[name.toLowerCase(), value] as const];
    }),
  );
}

/** The caller's signal, which is aborted as well when the field takes too long. */
function timeLimit(caller: AbortSignal, timeoutMs: number, { clock, route }: SourceContext) {
  const tooLong = new AbortController();
  const { promise: passed, reject } = Promise.withResolvers<never>();
  const timer = clock.after(timeoutMs, () => {
    const reason = new PortolanError("PORTOLAN_TIMEOUT", `route ${route} did not answer within ${timeoutMs} ms`);
    reject(reason);
    tooLong.abort(reason);
  });
  return { passed, signal: AbortSignal.any([caller, tooLong.signal]), end: () => timer.cancel() };
}
