import { PortolanError, isRecord, type ContractCheck } from "@portolan/core";
import type { Json } from "./json-rpc.ts";

/** The schema of a tool's arguments. They are always an object: a contract of something else is PORTOLAN_CONFIG_INVALID. */
export function inputSchema(input: ContractCheck | undefined, owner: string): Json {
  const schema = input?.jsonSchema;
  if (!isRecord(schema)) return { type: "object" };
  const { type } = schema;
  if (type === undefined) return { ...schema, type: "object" };
  if (type === "object") return schema;
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${owner}: the arguments of a tool are an object, and the route's input is of type ${JSON.stringify(type)}`,
    { hint: 'Give the route an input such as { "type": "object", "properties": … }.' },
  );
}

/** The schema of structured content, where the route's output is an object. Other results are text. */
export function outputSchema(output: ContractCheck | undefined): Json | undefined {
  const schema = output?.jsonSchema;
  return isRecord(schema) && schema["type"] === "object" ? schema : undefined;
}
