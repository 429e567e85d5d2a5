import { type CONNECTOR, attachConnector, type ConnectorDefinition, type Message, type SourceRef, type TargetRef } from "@portolan/core";
import type { PoliciesInput } from "@portolan/gateway";
import type { ConnectionInput } from "../http/connection-input.ts";
import { mcpConnector } from "./definition.ts";

export { mcpConnector } from "./definition.ts";

/** The options of a door as people write them; their meaning is that of `doorOptions`. */
export interface ResourceInput {
  readonly path?: `/${string}`;
  readonly title?: string;
  readonly description?: string;
  readonly keepMeta?: readonly string[];
  readonly origins?: readonly string[];
  readonly policies?: PoliciesInput;
}

export interface ToolInput extends ResourceInput {
  readonly hints?: {
    readonly readOnly?: boolean;
    readonly destructive?: boolean;
    readonly idempotent?: boolean;
    readonly openWorld?: boolean;
  };
}

/** The options of a client as people write them; their meaning is that of `clientOptions`. */
interface ServerInput extends Omit<ConnectionInput, "servers"> {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretHeaders?: Readonly<Record<string, string>>;
}

export interface CallInput extends ServerInput {
  readonly tool: string;
  /** The arguments, if they are not the message's body: a function of the message, or an expression as flow files have it. */
  readonly arguments?: ((message: Message<never>) => object | Promise<object>) | string;
}

export interface ReadInput extends ServerInput {
  readonly resource: string;
}

/**
 * Routes as tools and resources of AI agents, and tools and resources of MCP servers:
 *
 * ```ts
 * route("placeOrder", { input: Order, output: Receipt }).from(mcp.tool("placeOrder", { description: "Places an order." }));
 * route("ask").from(questions).call(mcp.call({ url: "https://shop.example/mcp", tool: "searchProducts" }));
 * ```
 */
export const mcp = {
  tool<Body = unknown>(name: string, options: ToolInput = {}): SourceRef<Body> {
    return attachConnector(mcpConnector, { tool: name, ...options });
  },
  resource<Body = unknown>(uri: string, options: ResourceInput = {}): SourceRef<Body> {
    return attachConnector(mcpConnector, { resource: uri, ...options });
  },
  /** Calls a tool of an MCP server; the message's body is its arguments, the reply its structured content, or else its text. */
  call<In = unknown, Reply = unknown>(options: CallInput): TargetRef<In, Reply> {
    return clientOf(options);
  },
  /** Reads a resource of an MCP server; `{name}` in its URI is a field of the body. */
  read<In = unknown, Reply = unknown>(options: ReadInput): TargetRef<In, Reply> {
    return clientOf(options);
  },
};

function clientOf({ system, ...options }: ServerInput): { readonly [CONNECTOR]: ConnectorDefinition } {
  const reference = attachConnector(mcpConnector, options);
  const named = system === undefined ? {} : { system: typeof system === "string" ? system : system.name };
  return { ...reference, ...named };
}
