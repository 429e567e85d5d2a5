import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { connectionOptions } from "../http/connection-options.ts";

const { servers: _several, ...ofOneServer } = connectionOptions;

/** A client: one tool or one resource of an MCP server. */
export const clientOptions = {
  url: required(option.text, "The endpoint of the server: http or https.", { example: "https://shop.example/mcp" }),
  tool: optional(option.name, "The tool that is called. The message's body, an object, is its arguments.", { example: "searchProducts" }),
  resource: optional(
    option.text,
    "The URI of the resource that is read. {name} is a field of the body, or else a header, and is percent-encoded.",
    { example: "orders://{id}" },
  ),
  arguments: optional(option.expression, "The arguments of the tool, if they are not the message's body.", {
    example: '{ "text": body.question }',
  }),
  headers: withDefault(option.mapOf(option.text), {}, "Headers of every request."),
  secretHeaders: optional(option.mapOf(option.text), "Headers that are never shown.", {
    secret: true,
    example: { "x-api-key": "${SHOP_KEY}" },
  }),
  ...ofOneServer,
};

export type ClientOptions = OptionsOf<typeof clientOptions>;
