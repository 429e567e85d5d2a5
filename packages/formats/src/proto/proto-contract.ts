import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { JsonSchema } from "@portolan/core";
import { unusable } from "../json-schema/schema-files.ts";
import { openMessageText } from "../protobuf/message-schema.ts";
import { jsonSchemaOfMessage } from "./to-json-schema.ts";

/** The JSON Schema of a message that an app names as a contract: `./orders.proto#shop.Order`; without a name the first of the file. */
export function readProtoContract(path: string, directory: string): JsonSchema {
  const [file = path, message] = path.split("#");
  try {
    return jsonSchemaOfMessage(openMessageText(readFileSync(resolve(directory, file), "utf8"), message, directory));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw unusable(path, { expected: "a message of a .proto file", found, cause, hint: "name it as in ./orders.proto#shop.Order" });
  }
}
