import { attachConnector, type SourceRef } from "@portolan/core";
import type { PoliciesInput } from "@portolan/gateway";
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

/**
 * Routes as tools and resources of AI agents:
 *
 * ```ts
 * route("placeOrder", { input: Order, output: Receipt }).from(mcp.tool("placeOrder", { description: "Places an order." }));
 * ```
 */
export const mcp = {
  tool<Body = unknown>(name: string, options: ToolInput = {}): SourceRef<Body> {
    return attachConnector(mcpConnector, { tool: name, ...options });
  },
  resource<Body = unknown>(uri: string, options: ResourceInput = {}): SourceRef<Body> {
    return attachConnector(mcpConnector, { resource: uri, ...options });
  },
};
