export type {
  CaseExpectation,
  CaseFile,
  CaseSend,
  Control,
  ControlSend,
  ExpectedFailure,
  ExpectedMessages,
  ExpectedSend,
  MessageSend,
} from "./cases/case-file.ts";
export { parseCase, readCase } from "./cases/read-case.ts";
export { type VirtualClock, createVirtualClock } from "./clock/virtual-clock.ts";
export type { CreateStore, StoreUnderTest, TestRunner } from "./conformance/store/bench.ts";
export { storeConformance } from "./conformance/store.ts";
export { type Life, createLife } from "./life.ts";
export { createFixedRandom, createSeededRandom } from "./random.ts";
export { type LogEntry, type RecordingLogger, createRecordingLogger } from "./recording-logger.ts";
export { type SimulatedDisk, type SimulatedLog, createSimulatedDisk } from "./simulation/disk.ts";
export { observeAppends } from "./store/observe-appends.ts";
export { type Around, storeAround } from "./store/store-around.ts";
export { trackStore } from "./store/track-store.ts";
