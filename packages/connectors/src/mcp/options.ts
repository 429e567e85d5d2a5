import { option, optional, withDefault, type OptionsOf } from "@portolan/core";
import { policyOptions } from "@portolan/gateway";

/** A door: a tool or a resource of an endpoint, which all doors of the same path share. */
export const doorOptions = {
  tool: optional(option.name, "The tool that agents call. Its arguments are the body, its result is the route's.", {
    example: "placeOrder",
  }),
  resource: optional(
    option.name,
    "The URI of what agents read, such as `orders://today`. {name} stands for one segment and is a field of the body.",
    { example: "orders://{id}" },
  ),
  path: withDefault(option.name, "/mcp", "Where the endpoint is. Doors of the same path are one server to agents."),
  title: optional(option.text, "What people read in place of the name."),
  description: optional(option.text, "What it does and when to use it: agents choose by it."),
  hints: optional(
    option.object({
      readOnly: optional(option.boolean, "It changes nothing."),
      destructive: optional(option.boolean, "It may overwrite or remove what is there."),
      idempotent: optional(option.boolean, "The same call again changes nothing further."),
      openWorld: optional(option.boolean, "It reaches beyond this system."),
    }),
    "What agents may assume of a tool before they ask their user. None is checked.",
  ),
  keepMeta: withDefault(
    option.listOf(option.name),
    ["idempotency-key", "traceparent", "tracestate"],
    "Members of the call's `_meta` that become headers of the message. Nothing else of the request does.",
  ),
  origins: withDefault(
    option.listOf(option.text),
    [],
    "Origins of web pages that may call. Others are refused, but for those of this machine; agents that are no web pages send none.",
  ),
  policies: optional(
    option.object(policyOptions),
    "What holds at the path, inside of what the HTTP host's configuration says. Doors of one path have the same; one of them is enough to say it.",
  ),
};

export type DoorOptions = OptionsOf<typeof doorOptions>;
