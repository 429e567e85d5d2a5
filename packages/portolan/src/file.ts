export { type WatchInput, type WriteInput, type WrittenFile, file } from "@portolan/connectors/file";
