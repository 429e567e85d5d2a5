import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { listNames, PortolanError } from "@portolan/core";
import type { DescMessage, Registry } from "@bufbuild/protobuf";
import { loadProtobuf } from "./load-protobuf.ts";
import { compileProtoFile } from "./proto-files.ts";

export interface MessageSchema {
  readonly message: DescMessage;
  /** Everything of the schema: what `google.protobuf.Any` may hold. */
  readonly registry: Registry;
}

/** The message of a .proto file, or of a descriptor set such as protoc and buf write. */
export function openMessageSchema(path: string, name: string, directory: string): MessageSchema {
  const { create, createFileRegistry, FileDescriptorSetSchema } = loadProtobuf();
  const set = path.endsWith(".proto")
    ? create(FileDescriptorSetSchema, { file: [...compileProtoFile(path, directory)] })
    : readSet(path, directory);
  const registry = built(() => createFileRegistry(set), path);
  const message = registry.getMessage(name);
  if (message !== undefined) return { message, registry };
  const names = [...registry]
    .filter((one) => one.kind === "message" && !one.typeName.startsWith("google.protobuf."))
    .map((one) => one.typeName);
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} has no message ${name}: expected one of ${listNames(names.slice(0, 20))}`);
}

/** A message of the text of a .proto file, whose imports are relative to the directory; without a name the first. Without a directory, as for text of a message, only Protobuf's own files can be imported. */
export function openMessageText(text: string, name: string | undefined, directory?: string): DescMessage {
  const { own, registry } = openText(text, "the schema.proto", directory);
  const message = name === undefined ? own[0] : registry.getMessage(name);
  if (message !== undefined) return message;
  throw new PortolanError(
    "PORTOLAN_FORMAT_INVALID",
    name === undefined
      ? "the Protobuf schema has no message"
      : `the Protobuf schema has no message ${name}: expected one of ${listNames(own.map((one) => one.typeName))}`,
  );
}

/** All messages that the text of a .proto file declares at its top; what it imports is found beside `file`, or from the directory on. */
export function openMessages(
  text: string,
  { directory, file }: { readonly directory: string; readonly file: string },
): readonly DescMessage[] {
  return openText(text, file, directory).own;
}

function openText(text: string, file: string, directory: string | undefined) {
  const { create, createFileRegistry, FileDescriptorSetSchema } = loadProtobuf();
  const files = compileProtoFile(file, directory, text);
  const registry = built(() => createFileRegistry(create(FileDescriptorSetSchema, { file: [...files] })), "given");
  const name = (file.split(/[/\\]/).at(-1) ?? file).replace(/\.proto$/, "");
  return { registry, own: [...registry.files].find((one) => one.name === name)?.messages ?? [] };
}

function readSet(path: string, directory: string) {
  const { FileDescriptorSetSchema, fromBinary } = loadProtobuf();
  return built(() => fromBinary(FileDescriptorSetSchema, readFileSync(resolve(directory, path))), path);
}

function built<Value>(build: () => Value, path: string): Value {
  try {
    return build();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `the Protobuf schema ${path} cannot be read: ${reason}`, {
      hint: "name a .proto file, or a set of descriptors with all that it imports",
      cause,
    });
  }
}
