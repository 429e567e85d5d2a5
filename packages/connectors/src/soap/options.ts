import { option, optional, withDefault, type OptionsOf } from "@portolan/core";

/** A door: one operation of a service. */
export const doorOptions = {
  service: optional(option.text, "The WSDL 1.1 document that the operation is of, by its path in the app.", { example: "./service.wsdl" }),
  operation: optional(option.name, "The name of the operation.", { example: "Submit" }),
  path: optional(option.name, "Where the service is answered. Default: the path of the address that the document gives to the port.", {
    example: "/orders",
  }),
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
};

export type DoorOptions = OptionsOf<typeof doorOptions>;
