export { type StreamInput, type WatchInput, type WriteInput, type WrittenFile, file } from "@portolan/connectors/file";
