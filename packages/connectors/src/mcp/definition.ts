import { defineConnector, type ConnectorDefinition } from "@portolan/core";
import { checkPath, checkPolicies, pathParameters } from "@portolan/gateway";
import { checkClient } from "./check-client.ts";
import { clientOptions } from "./client-options.ts";
import { doorOptions, type DoorOptions } from "./options.ts";
import { checkTemplate } from "./resource-template.ts";

/** MCP: routes as tools and resources of AI agents. */
export const mcpConnector: ConnectorDefinition = defineConnector({
  name: "mcp",
  title: "MCP",
  summary: "Routes as tools and resources of AI agents, and tools and resources of MCP servers (Model Context Protocol, streamable HTTP).",
  source: {
    summary: "A tool or a resource at an endpoint of the node's HTTP host: answers agents with the route's result.",
    options: doorOptions,
    describe: ({ tool, resource, path }) => `MCP ${tool === undefined ? `resource ${resource ?? ""}` : `tool ${tool}`} at ${path}`,
    check: checkDoor,
    replies: true,
    open: async (options, context) => (await import("./source.ts")).openDoor(options, context),
  },
  target: {
    summary: "A client: calls a tool of an MCP server with each message, or reads a resource, and yields the result.",
    options: clientOptions,
    describe: ({ tool, resource, url }) =>
      `MCP ${tool === undefined ? `resource ${resource ?? ""}` : `tool ${tool}`} at ${url.split("?", 1)[0]}`,
    check: checkClient,
    replies: true,
    open: async (options, context) => (await import("./target.ts")).openClient(options, context),
  },
});

/** What the protocol allows in names of tools. */
const TOOL_NAME = /^[\w.-]{1,128}$/;

function checkDoor({ tool, resource, path, hints, policies }: DoorOptions): readonly string[] {
  const faults: string[] = [];
  if ((tool === undefined) === (resource === undefined)) faults.push("a door is either a tool or a resource");
  if (tool !== undefined && !TOOL_NAME.test(tool))
    faults.push(`"${tool}" is no name of a tool: expected 1 to 128 letters, digits, "_", "-" or "."`);
  const template = resource === undefined ? undefined : checkTemplate(resource);
  if (template !== undefined) faults.push(`"${resource}" is no URI of a resource: ${template}`);
  if (resource !== undefined && hints !== undefined) faults.push("hints are of tools; a resource is only read");
  const fault = checkPath(path);
  if (fault !== undefined) faults.push(`${path} is no path: ${fault}`);
  else if (pathParameters(path).length > 0) faults.push(`the path ${path} has parameters, and an endpoint is one place`);
  return [...faults, ...checkPolicies(policies)];
}
