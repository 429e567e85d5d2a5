import type { ConnectorDefinition } from "@portolan/core";
import type { PatternDefinition } from "../pattern.ts";

/** What a flow may use. */
export interface Registry {
  readonly patterns: readonly PatternDefinition[];
  readonly connectors: readonly ConnectorDefinition[];
  /** The value of an environment variable, for `${NAME}` in texts of connector options. */
  variables(name: string): string | undefined;
  /** Whether `record` targets exist (test kit). */
  readonly records?: boolean;
}
