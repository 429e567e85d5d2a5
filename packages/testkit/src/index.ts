export { type VirtualClock, createVirtualClock } from "./clock/virtual-clock.ts";
export { createFixedRandom, createSeededRandom } from "./random.ts";
export { type LogEntry, type RecordingLogger, createRecordingLogger } from "./recording-logger.ts";
