import type { JsonSchema } from "@portolan/core";
import { given } from "../openapi/parts.ts";
import { referring } from "../openapi/write-document.ts";
import type { AsyncChannel, AsyncDocument, AsyncMessage, AsyncOperation } from "./async-document.ts";

/** A description as a document of AsyncAPI 3; read again it says the same. */
export function writeAsyncDocument(api: AsyncDocument): JsonSchema {
  const messages = mapped(Object.entries(api.messages), messageOf);
  const schemas = mapped(Object.entries(api.schemas), referring);
  const components = {
    ...(Object.keys(messages).length === 0 ? {} : { messages }),
    ...(Object.keys(schemas).length === 0 ? {} : { schemas }),
  };
  const servers = mapped(
    api.servers.map((server) => [server.name, server]),
    ({ host, protocol, description }) => ({ ...hostOf(host), protocol, ...given("description", description) }),
  );
  return {
    asyncapi: "3.0.0",
    info: { title: api.title, version: api.version, ...given("description", api.description) },
    ...(api.servers.length === 0 ? {} : { servers }),
    channels: mapped(
      api.channels.map((channel) => [channel.name, channel]),
      channelOf,
    ),
    operations: mapped(
      api.operations.map((operation) => [operation.id, operation]),
      operationOf,
    ),
    ...(Object.keys(components).length === 0 ? {} : { components }),
  };
}

function hostOf(host: string): { readonly host: string; readonly pathname?: string } {
  const slash = host.indexOf("/");
  return slash < 0 ? { host } : { host: host.slice(0, slash), pathname: host.slice(slash) };
}

function channelOf({ name, address, description, servers, messages }: AsyncChannel): JsonSchema {
  const parameters = address === undefined || name.startsWith("x-") ? [] : [...address.matchAll(/\{([^}]+)\}/g)].map(([, one = ""]) => one);
  return {
    address: address ?? null,
    ...given("description", description),
    ...(servers.length === 0 ? {} : { servers: servers.map((server) => reference("servers", server)) }),
    ...(parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters.map((one) => [one, {}])) }),
    messages: Object.fromEntries(messages.map((message) => [message, reference("components", "messages", message)])),
  };
}

function operationOf({ action, channel, messages, summary, description, tags, reply }: AsyncOperation): JsonSchema {
  return {
    action,
    channel: reference("channels", channel),
    ...given("summary", summary),
    ...given("description", description),
    ...(tags.length === 0 ? {} : { tags: tags.map((name) => ({ name })) }),
    messages: messages.map((message) => reference("channels", channel, "messages", message)),
    ...(reply === undefined ? {} : { reply: replyOf(reply) }),
  };
}

function replyOf({ channel, messages }: NonNullable<AsyncOperation["reply"]>): JsonSchema {
  if (channel === undefined)
    return messages.length === 0 ? {} : { messages: messages.map((one) => reference("components", "messages", one)) };
  return {
    channel: reference("channels", channel),
    messages: messages.map((message) => reference("channels", channel, "messages", message)),
  };
}

function messageOf({ title, description, contentType, payload, headers, examples }: AsyncMessage): JsonSchema {
  return {
    ...given("title", title),
    ...given("description", description),
    ...given("contentType", contentType),
    // Anything is what a message without a payload has; the schema of AsyncAPI 3.0 refuses `true`.
    ...(payload === true ? {} : { payload: referring(payload) }),
    ...(headers === undefined ? {} : { headers: referring(headers) }),
    ...(examples.length === 0 ? {} : { examples: examples.map((example) => ({ payload: example })) }),
  };
}

function reference(...names: readonly string[]): { readonly $ref: string } {
  return { $ref: `#/${names.map((name) => encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}` };
}

function mapped<In>(entries: readonly (readonly [string, In])[], write: (value: In) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(entries.map(([name, value]) => [name, write(value)]));
}
