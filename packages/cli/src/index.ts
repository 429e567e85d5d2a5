export { type AppInTest, type FlowsInTest, type TestAppOptions, loadBenchParts } from "./bench-parts.ts";
export type { CommandDefinition, Io } from "./command.ts";
export { EXIT_CODES, type ExitName } from "./exit-codes.ts";
export { renderReference } from "./help.ts";
export { allCommands, main } from "./main.ts";
export { runProcess } from "./run-process.ts";
export type { PortolanConfig } from "@portolan/host";
