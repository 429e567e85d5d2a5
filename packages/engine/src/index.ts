export { type AppInput, type FlowFile, readApp } from "./definition/read-app.ts";
export type { Registry } from "./definition/registry.ts";
export { createEngine } from "./create-engine.ts";
export type { Engine, EngineOptions } from "./engine.ts";
export { type BlockOptions, type Evaluate, type PatternDefinition, type StepCompiler, definePattern } from "./pattern.ts";
export { patterns } from "./patterns.gen.ts";
export type { Step } from "./runtime/step.ts";
