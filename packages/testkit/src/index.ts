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
export type { CaseHarness, CaseStores } from "./cases/case-harness.ts";
export { type Difference, differenceText } from "./cases/difference.ts";
export { type CaseForm, parseCase, readCase } from "./cases/read-case.ts";
export { type CaseResult, runCase } from "./cases/run-case.ts";
export { type CaseCounts, type CaseRun, type RunCasesOptions, caseLine, findCases, runCases } from "./cases/run-cases.ts";
export type { SeenMessage } from "./cases/sightings.ts";
export { realClock } from "./clock/real-clock.ts";
export { drive, driveUntil } from "./clock/drive-until.ts";
export { type VirtualClock, type VirtualClockOptions, createVirtualClock } from "./clock/virtual-clock.ts";
export { tryRawOptions } from "./conformance/connector/read-raw-options.ts";
export { type CreatePoll, type PollUnderTest } from "./conformance/connector/poll.ts";
export { type PollBench, openPollBench } from "./conformance/connector/poll-bench.ts";
export { type CreateSource, type SourceUnderTest } from "./conformance/connector/source.ts";
export { type Delivered, type SourceBench, type SourceBenchOptions, openSourceBench } from "./conformance/connector/source-bench.ts";
export { type BadSample, type CreateTarget, type TargetSample, type TargetUnderTest, openTarget } from "./conformance/connector/target.ts";
export { pollConformance, sourceConformance, targetConformance } from "./conformance/connector.ts";
export type { CreateStore, StoreUnderTest, TestRunner } from "./conformance/store/bench.ts";
export { storeConformance } from "./conformance/store.ts";
export { type DeliveryLedger, type DeliveryReport, type Noted, createDeliveryLedger } from "./faults/delivery-ledger.ts";
export { type Direction, type FaultProxy, type FaultProxyOptions, type Faults, startFaultProxy } from "./faults/fault-proxy.ts";
export {
  type Answer,
  type AnswerFunction,
  type ScriptedAnswer,
  type ScriptedError,
  type TargetCall,
  answerAfter,
  failAlways,
  failOnce,
  failTimes,
  inTurn,
  reply,
} from "./flow-tests/answer.ts";
export { type ReportedCases, jsonReport, junitReport } from "./flow-tests/case-reports.ts";
export { type AppChanges, changedApp } from "./flow-tests/app-changes.ts";
export { type Coverage, type CoverageReport, type MissedPoint, type RouteCoverage, createCoverage } from "./flow-tests/coverage.ts";
export { type DiffLine, diffValues } from "./flow-tests/line-diff.ts";
export type { TargetChoice } from "./flow-tests/target-choice.ts";
export type { TargetMessage } from "./flow-tests/target-doubles.ts";
export {
  type BenchOptions,
  type BenchParts,
  type ChannelChoice,
  type DeadMessage,
  type RouteChoice,
  type Sending,
  type SendOptions,
  type TestBench,
  createTestBench,
} from "./flow-tests/test-bench.ts";
export { type TestVariables, createTestVariables } from "./flow-tests/variables.ts";
export { type Life, createLife } from "./life.ts";
export { createFailTimes } from "./patterns/fail-times.ts";
export { failIf } from "./patterns/fail-if.ts";
export { type CallOutside, createOutside } from "./patterns/outside.ts";
export { createTestPatterns } from "./patterns/test-patterns.ts";
export { createFixedRandom, createSeededRandom } from "./random.ts";
export { type LogEntry, type RecordingLogger, createRecordingLogger } from "./recording-logger.ts";
export { type SimulatedDisk, type SimulatedLog, createSimulatedDisk } from "./simulation/disk.ts";
export { aggregationScenario } from "./simulation/aggregation.ts";
export { custodyScenario } from "./simulation/custody.ts";
export { feedScenario } from "./simulation/feed.ts";
export { journeysScenario } from "./simulation/journeys.ts";
export { memoryScenario } from "./simulation/memory-channels.ts";
export { orderingScenario } from "./simulation/ordering.ts";
export { relayScenario } from "./simulation/relay.ts";
export type { End, NodeClient, Play, Scenario, World } from "./simulation/scenario.ts";
export type { ScheduleResult, SimulationSubject } from "./simulation/schedule.ts";
export { type SimulationOptions, type SimulationReport, replayLine, simulate } from "./simulation/simulate.ts";
export type { SimulatedStoreFactory } from "./simulation/simulated-node.ts";
export { observeAppends } from "./store/observe-appends.ts";
export { remoteStore } from "./store/remote-store.ts";
export { type Around, storeAround } from "./store/store-around.ts";
export { trackStore } from "./store/track-store.ts";
export { type TemporaryFolder, createTemporaryFolder } from "./temporary-folder.ts";
export { type TestCertificate, createCertificate } from "./test-certificate.ts";
