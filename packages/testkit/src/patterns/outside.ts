import { option, required, type Message } from "@portolan/core";
import { definePattern, type PatternDefinition } from "@portolan/engine";

/** Calls the outside system of that name; resolves when it took the message, rejects when it refuses. */
export type CallOutside = (name: string, message: Message) => Promise<void>;

/** The simulation's step that sends the message to an outside system, whose answer takes time and may be a failure. */
export function createOutside(call: CallOutside): PatternDefinition {
  return definePattern({
    name: "outside",
    title: "Outside",
    group: "test",
    summary: "Sends the message to a simulated outside system.",
    semantics: "The message goes on unchanged when the system took it; otherwise the step fails with the system's error.",
    example: "- outside: { system: erp }",
    options: option.object({ system: required(option.name, "The name of the system.") }),
    compile:
      ({ options: { system } }) =>
      (message) =>
        call(system, message).then(() => message),
  });
}
