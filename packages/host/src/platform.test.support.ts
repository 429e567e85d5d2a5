import {
  PortolanError,
  defineConnector,
  option,
  required,
  standardCheck,
  isStandardSchema,
  type Incoming,
  type SourceContext,
} from "@portolan/core";
import type { Platform } from "./platform.ts";

/** A platform for the host's tests: one connector whose sources are lists that a test sends from, and nothing else. */
export interface TestPlatform extends Platform {
  /** Sends through the opened source of that name. */
  send(name: string, incoming: Incoming): ReturnType<SourceContext["deliver"]>;
  /** What the engine gave the opened source of that name. */
  contextOf(name: string): SourceContext;
}

export function createTestPlatform(): TestPlatform {
  const contexts = new Map<string, SourceContext>();
  const tap = defineConnector({
    name: "tap",
    title: "Tap",
    summary: "A source that a test sends from.",
    source: {
      summary: "The source.",
      options: { name: required(option.name, "Its name") },
      describe: ({ name }) => `tap ${name}`,
      replies: true,
      async open({ name }, context) {
        if (name === "broken") throw new PortolanError("PORTOLAN_CONNECTION_FAILED", "the tap is broken");
        contexts.set(name, context);
        return { close: async () => void contexts.delete(name) };
      },
    },
  });
  const contextOf = (name: string) => {
    const context = contexts.get(name);
    if (context === undefined) throw new Error(`the tap ${name} is not open`);
    return context;
  };
  return {
    connectors: [tap],
    languages: {},
    formats: async () => ({ format: () => undefined, formatFor: () => undefined }),
    contracts: async () => ({
      compile(contract) {
        if (isStandardSchema(contract)) return standardCheck(contract);
        throw new PortolanError("PORTOLAN_CONFIG_INVALID", "the test platform has no data contracts");
      },
    }),
    contextOf,
    send: (name, incoming) => contextOf(name).deliver(incoming, { mode: "request" }),
  };
}
