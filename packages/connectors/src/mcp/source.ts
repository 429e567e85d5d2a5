import {
  PortolanError,
  asPortolanError,
  type Format,
  type HeaderValue,
  type Message,
  type RunningSource,
  type SourceContext,
} from "@portolan/core";
import { blamed, isDoorHost, type DoorHost } from "@portolan/gateway";
import { addOffer, resourceNotFound, type Offer, type OfferRequest } from "./endpoint.ts";
import { INTERNAL_ERROR, RpcError, type Json } from "./json-rpc.ts";
import type { DoorOptions } from "./options.ts";
import { createUriMatch, isTemplate } from "./resource-template.ts";
import { resourceContents, statusOf, toolError, toolResult } from "./result.ts";
import { inputSchema, outputSchema } from "./tool-schema.ts";

type Run = (request: OfferRequest) => Promise<Message | undefined>;

/** Offers the route at the endpoint of its path. */
export async function openDoor(options: DoorOptions, context: SourceContext): Promise<RunningSource> {
  const owner = `route ${context.route}`;
  const inProcess = new Set<Promise<unknown>>();
  const run: Run = (request) => {
    const running = deliver(request, options.keepMeta, context);
    inProcess.add(running);
    return running.finally(() => inProcess.delete(running));
  };
  const place = { path: options.path, owner, origins: options.origins, json: jsonFormat(context), policies: options.policies };
  const remove = addOffer(httpHostOf(context), place, offerOf(options, context, run));
  return {
    async close() {
      remove();
      await Promise.allSettled(inProcess);
    },
  };
}

function offerOf(options: DoorOptions, context: SourceContext, run: Run): Offer {
  const { tool, resource = "", title, description, hints } = options;
  const shown = { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
  if (tool === undefined) return resourceOffer(resource, { name: context.route, ...shown }, run);
  const output = outputSchema(context.output);
  const listing = {
    name: tool,
    ...shown,
    inputSchema: inputSchema(context.input, `route ${context.route}`),
    ...(output === undefined ? {} : { outputSchema: output }),
    ...(hints === undefined ? {} : { annotations: annotationsOf(hints) }),
  };
  const call = (request: OfferRequest): Promise<Json> =>
    run(request).then(toolResult, (error: unknown) => toolError(asPortolanError(error), request.exchange.id));
  return { kind: "tool", name: tool, listing, call };
}

function resourceOffer(name: string, listing: Json, run: Run): Offer {
  const kind = isTemplate(name) ? "template" : "resource";
  return {
    kind,
    name,
    listing: { ...listing, [kind === "template" ? "uriTemplate" : "uri"]: name },
    match: createUriMatch(name),
    async read(uri, request) {
      const result = await run(request).catch((error: unknown) => {
        const failure = asPortolanError(error);
        if (failure.code === "PORTOLAN_NOT_FOUND") throw resourceNotFound(uri);
        const { structuredContent } = toolError(failure, request.exchange.id);
        throw new RpcError(INTERNAL_ERROR, `the resource ${uri} could not be read`, structuredContent);
      });
      if (result === undefined || result.body === null || statusOf(result) === 404) throw resourceNotFound(uri);
      if (statusOf(result) >= 400) throw new RpcError(INTERNAL_ERROR, `the resource ${uri} could not be read`, result.body);
      return resourceContents(uri, result);
    },
  };
}

function annotationsOf(hints: NonNullable<DoorOptions["hints"]>): Json {
  return Object.fromEntries(Object.entries(hints).map(([name, value]) => [`${name}Hint`, value]));
}

async function deliver(
  { body, meta, exchange }: OfferRequest,
  kept: readonly string[],
  context: SourceContext,
): Promise<Message | undefined> {
  const headers: Record<string, HeaderValue> = {};
  for (const name of kept) {
    const value = meta[name];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") headers[name] = value;
  }
  try {
    return await context.deliver({ body, headers }, { mode: "request", signal: exchange.signal });
  } catch (error) {
    throw await blamed(error, body, context.input);
  }
}

function httpHostOf(context: SourceContext): DoorHost {
  const { http } = context.services;
  if (isDoorHost(http)) return http;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `route ${context.route}: an mcp door needs the node's HTTP host, and there is none`, {
    hint: "Give the node a port for HTTP.",
  });
}

function jsonFormat({ route, services }: SourceContext): Format {
  const format = services.format("json");
  if (format !== undefined) return format;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `route ${route}: an mcp door reads JSON, and there is no format json`);
}
