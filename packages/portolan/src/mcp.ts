export { type ResourceInput, type ToolInput, mcp } from "@portolan/connectors/mcp";
