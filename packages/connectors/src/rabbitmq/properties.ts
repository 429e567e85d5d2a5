import type { HeaderValue, Headers } from "@portolan/core";
import type { ConsumeMessage, Options } from "amqplib";

/** Properties of AMQP and the headers that stand for them. */
const PROPERTIES = {
  correlationId: "correlation-id",
  replyTo: "reply-to",
  contentType: "content-type",
  type: "rabbitmq-type",
  appId: "rabbitmq-app",
  priority: "rabbitmq-priority",
} as const;

/** Headers of a message: those of the sender, the properties, and where it came from. */
export function headersOf({ properties, fields }: ConsumeMessage): Readonly<Record<string, HeaderValue>> {
  const headers: Record<string, HeaderValue> = {};
  for (const [name, value] of Object.entries<unknown>(properties.headers ?? {})) {
    // Tables and lists of tables, such as x-death, are told as their JSON.
    const simple = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    if (value !== null && value !== undefined) headers[name] = simple ? value : JSON.stringify(value);
  }
  for (const [property, name] of Object.entries(PROPERTIES)) {
    const value: unknown = properties[property as keyof typeof PROPERTIES];
    if (typeof value === "string" || typeof value === "number") headers[name] = value;
  }
  return {
    ...headers,
    "rabbitmq-exchange": fields.exchange,
    "rabbitmq-routing-key": fields.routingKey,
    "rabbitmq-redelivered": fields.redelivered,
  };
}

/** The same the other way round. What a message was received with is not sent on. */
export function publishOptionsOf(headers: Headers): Options.Publish {
  const named = new Map<string, string>(Object.entries(PROPERTIES).map(([property, name]) => [name, property]));
  const own: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    const property = named.get(name.toLowerCase());
    if (property !== undefined) properties[property] = property === "priority" ? Number(value) : String(value);
    else if (!/^(?:rabbitmq-|x-death$|x-first-death-)/i.test(name)) own[name] = value;
  }
  return { ...properties, headers: own };
}
