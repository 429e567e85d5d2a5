import { option, optionsSchema, type ConnectorDefinition, type JsonSchema } from "@portolan/core";
import { flowOptions } from "./flow-options.ts";
import { addressOptions } from "./read-endpoints.ts";
import type { Registry } from "./registry.ts";

/**
 * The JSON Schema of flow files for editors: every pattern, connector and option of the registry, with its description. `definitions`
 * are what options refer to that the engine does not know, such as the formats.
 */
export function flowSchema(
  registry: Pick<Registry, "patterns" | "connectors">,
  definitions: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "urn:portolan:flow",
    title: "Portolan flow file",
    ...optionsSchema(flowOptions),
    $defs: {
      expression: option.expressionSchema,
      steps: { type: "array", items: { $ref: "#/$defs/step" } },
      step: stepSchema(registry),
      source: oneKey([...channelKey("Messages of a channel"), ...registry.connectors.flatMap(sourceKey)]),
      target: targetSchema(registry),
      ...definitions,
    },
  };
}

type Keyed = readonly [string, JsonSchema];

function stepSchema({ patterns }: Pick<Registry, "patterns">): JsonSchema {
  const common = { id: { type: "string" }, note: { type: "string" }, disabled: { type: "boolean" } };
  const properties = Object.fromEntries(
    patterns.map((pattern) => [pattern.name, { ...pattern.options.schema, description: pattern.summary }]),
  );
  return {
    type: "object",
    properties: { ...common, ...properties },
    additionalProperties: false,
    // Exactly one pattern key beside id, note and disabled.
    oneOf: patterns.map((pattern) => ({ required: [pattern.name] })),
  };
}

function targetSchema({ connectors }: Pick<Registry, "connectors">): JsonSchema {
  const system = { system: { type: "string", description: "The system that it belongs to" } };
  const named: Keyed[] = [...channelKey("A channel"), ["route", { ...option.name.schema, description: "A route of this app" }]];
  const keyed = [...named, ...connectors.flatMap(targetKey)];
  return {
    anyOf: [
      ...keyed.map(([name, schema]) => ({
        type: "object",
        properties: { [name]: schema, ...system },
        required: [name],
        additionalProperties: false,
      })),
      { ...optionsSchema(addressOptions), description: "An address that is computed for each message" },
    ],
  };
}

function oneKey(keyed: readonly Keyed[]): JsonSchema {
  return { type: "object", properties: Object.fromEntries(keyed), minProperties: 1, maxProperties: 1, additionalProperties: false };
}

function channelKey(description: string): Keyed[] {
  return [["channel", { ...option.name.schema, description }]];
}

function sourceKey({ name, source }: ConnectorDefinition): Keyed[] {
  return source === undefined ? [] : [[name, { ...optionsSchema(source.options), description: source.summary }]];
}

function targetKey({ name, target }: ConnectorDefinition): Keyed[] {
  return target === undefined ? [] : [[name, { ...optionsSchema(target.options), description: target.summary }]];
}
