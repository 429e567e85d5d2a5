export { type CallInput, type ReadInput, type ResourceInput, type ToolInput, mcp } from "@portolan/connectors/mcp";
