export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where the engine, stores and connectors tell what happened. `fields` are data, never secrets. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export const silentLogger: Logger = { log() {} };
