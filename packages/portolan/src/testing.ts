export {
  type CaseResult,
  type LogEntry,
  type RecordingLogger,
  type VirtualClock,
  createFixedRandom,
  createRecordingLogger,
  createSeededRandom,
  createVirtualClock,
} from "@portolan/testkit";
