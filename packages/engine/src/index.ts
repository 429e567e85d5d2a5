export {
  type App,
  type AppInput as BuilderAppInput,
  type RouteInput,
  type ValueMapInput,
  app,
  channel,
  isApp,
  retry,
  route,
  secret,
  system,
  valueMap,
} from "./builder/builder.ts";
export type { ClauseInput, ErrorMatchInput } from "./builder/route-methods.ts";
export type { Block, CallTarget, ChannelRef, InputOf, ReplyOf, RouteOf, Steps, StepOptions } from "./builder/steps.ts";
export { type AppInput, type FlowFile, readApp } from "./definition/read-app.ts";
export { flowSchema } from "./definition/flow-schema.ts";
export type { Registry } from "./definition/registry.ts";
export { createEngine } from "./create-engine.ts";
export type { Engine, EngineOptions } from "./engine.ts";
export {
  type BlockOptions,
  type BodyFlow,
  type BodySchema,
  type Evaluate,
  type FlowEnds,
  type PatternDefinition,
  type StepCompiler,
  definePattern,
} from "./pattern.ts";
export { patterns } from "./patterns.gen.ts";
export type { PointObserver, RoutePoint } from "./runtime/points.ts";
export { sourceFindings } from "./runtime/source-findings.ts";
export type { Step } from "./runtime/step.ts";
