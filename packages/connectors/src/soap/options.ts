import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { policyOptions } from "@portolan/gateway";

/** A door: one operation of a service. */
export const doorOptions = {
  service: optional(
    option.text,
    "The WSDL 1.1 document that the operation is of, by its path in the app. Without it the service is described by the contracts of its routes.",
    { example: "./service.wsdl" },
  ),
  operation: optional(option.name, "The name of the operation.", { example: "Submit" }),
  path: optional(
    option.name,
    "Where the service is answered. Default: the path of the address that the document gives to the port; without a document `/soap`. Doors of one path are one service.",
    { example: "/orders" },
  ),
  serviceName: optional(option.name, "Without a document: the name of the service. Default: that of its path, such as `Orders`.", {
    example: "Orders",
  }),
  namespace: optional(
    option.text,
    "Without a document: the namespace of the service and its types. Default: `urn:portolan:` and its name.",
    {
      example: "urn:shop:orders",
    },
  ),
  address: optional(
    option.text,
    "The address that `?wsdl` tells clients to call, without path. Default: what the caller wrote in `Host`, over HTTP.",
    { example: "https://api.shop.example" },
  ),
  unrouted: optional(
    option.oneOf("fail", "ignore"),
    "Operations of `service` that no route has: `fail` (default) refuses to start, `ignore` answers them with a fault. What any door of the document says holds.",
  ),
  understand: withDefault(
    option.listOf(option.text),
    [],
    "Header blocks, as `{namespace}name`, that the route deals with besides those that the document declares; others that must be understood are refused.",
  ),
  keepHeaders: withDefault(
    option.listOf(option.name),
    [],
    "HTTP headers of the request that become headers of the message. Without this none does.",
  ),
  maxBody: optional(option.bytes, "Larger messages are refused with 413. Default: the limit of the HTTP host (1mb)."),
  timeout: optional(option.duration, "A request that takes longer is answered with 504. Default: the limit of the HTTP host (1m)."),
  policies: optional(
    option.object(policyOptions),
    "What holds at the path, inside of what the HTTP host's configuration says. Doors of one path have the same; one of them is enough to say it.",
  ),
};

export type DoorOptions = OptionsOf<typeof doorOptions>;

/** A client: one operation of another system's service. */
export const clientOptions = {
  wsdl: required(option.text, "The WSDL 1.1 document of the service, by its path in the app.", { example: "./erp.wsdl" }),
  operation: required(option.name, "The name of the operation.", { example: "Submit" }),
  address: optional(option.text, "Where the service is. Default: the address that the document gives to the port.", {
    example: "${ERP_URL}/services/orders",
  }),
  port: optional(
    option.name,
    "The port of the document to call, where several have the operation. Default: the first, of `version` if that is given.",
  ),
  version: optional(option.oneOf("1.1", "1.2"), "The version of SOAP, where the document offers both. Default: that of the port."),
  headers: withDefault(option.mapOf(option.text), {}, "HTTP headers of every request."),
  secretHeaders: optional(option.mapOf(option.text), "HTTP headers that are never shown, such as authorization.", {
    secret: true,
    example: { authorization: "Basic ${ERP_LOGIN}" },
  }),
  headerBlocks: withDefault(
    option.mapOf(option.anything),
    {},
    "Header blocks that the document declares, with their data, for every request.",
  ),
  secretHeaderBlocks: optional(option.mapOf(option.anything), "Header blocks that are never shown, such as a login.", { secret: true }),
  forward: withDefault(
    option.listOf(option.name),
    [],
    "Headers of the message that are sent along: `soap-NAME` as the header block of that name, others as HTTP headers. Without this none is.",
  ),
  understand: withDefault(
    option.listOf(option.text),
    [],
    "Header blocks of replies, as `{namespace}name`, that may say that they must be understood.",
  ),
  addressing: optional(
    option.boolean,
    "Whether requests have the headers of WS-Addressing 1.0: Action, MessageID, To, and ReplyTo, which is the connection. Default: what the document says of the port.",
  ),
  mtom: withDefault(
    option.boolean,
    false,
    "Whether bytes (`base64Binary`) are sent as they are, beside the envelope (MTOM). Replies may come so in any case.",
  ),
  idempotencyHeader: withDefault(
    option.name,
    "idempotency-key",
    "The HTTP header that carries the key which is the same on every attempt.",
  ),
  timeout: withDefault(option.duration, 30_000, "From the send to the last byte of the reply, waiting for a free connection included."),
  connectTimeout: withDefault(option.duration, 10_000, "For establishing a connection."),
  maxConnections: withDefault(option.integer({ min: 1 }), 64, "Connections at the most; further requests wait for one."),
  maxResponse: withDefault(option.bytes, 16 * 1024 ** 2, "Larger replies are refused."),
};

export type ClientOptions = OptionsOf<typeof clientOptions>;
