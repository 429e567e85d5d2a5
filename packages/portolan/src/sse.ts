export { type EventsInput, sse } from "@portolan/connectors/sse";
