import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { PortolanError } from "@portolan/core";
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import type { Root } from "protobufjs";
import { protoFault } from "./proto-fault.ts";
import { describeFile } from "./describe-file.ts";
import { loadProtobuf, loadProtobufjs, loadWellKnownFiles } from "./load-protobuf.ts";

interface ProtoFile {
  /** As it is imported. */
  readonly name: string;
  readonly package: string;
  readonly imports: readonly string[];
  readonly syntax: "proto2" | "proto3";
}

/** The descriptors of a .proto file and all that it imports, each behind those that it needs. Imports are relative to its folder or to the app's. `given` is its text, if that was read before; without a directory it can import nothing but Protobuf's own. */
export function compileProtoFile(path: string, directory: string | undefined, given?: string): readonly FileDescriptorProto[] {
  const { Root, common, parse } = loadProtobufjs();
  const root: Root = new Root();
  const wellKnown = loadWellKnownFiles();
  const folders = directory === undefined ? [] : [dirname(resolve(directory, path)), resolve(directory)];
  const files = new Map<string, ProtoFile>();
  const known: FileDescriptorProto[] = [];
  const main = path.replaceAll("\\", "/").split("/").at(-1) ?? path;
  const seen = new Set<string>();

  function add(name: string, importedBy: string): void {
    if (seen.has(name)) return;
    seen.add(name);
    const builtIn = wellKnown.get(name);
    if (builtIn === undefined) addFile(name, name === main && given !== undefined ? given : readProto(name, folders, importedBy));
    else {
      root.addJSON(common.get(name)?.nested ?? {});
      known.push(builtIn.proto);
    }
  }

  function addFile(name: string, text: string): void {
    const bare = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    if (/^\s*edition\b/m.test(bare))
      throw protoFault(`${name} is of an edition`, "give it as a descriptor set: protoc --include_imports --descriptor_set_out FILE");
    // Known to the library, but not to its types; it keeps the name with everything that it reads.
    Object.assign(parse, { filename: name });
    try {
      const { package: packageName = "", imports = [], weakImports = [] } = parse(text, root, { keepCase: true });
      const all = [...(imports ?? []), ...(weakImports ?? [])];
      for (const one of all) add(one, name);
      // Behind its imports.
      files.set(name, {
        name,
        package: packageName ?? "",
        imports: all,
        syntax: /syntax\s*=\s*["']proto3/.test(bare) ? "proto3" : "proto2",
      });
    } catch (cause) {
      throw cause instanceof PortolanError
        ? cause
        : protoFault(`${name} is not valid: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  add(main, "the option schema");
  try {
    root.resolveAll();
  } catch (cause) {
    throw protoFault(`${main} is not valid: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  const { create, FileDescriptorProtoSchema } = loadProtobuf();
  return [...known, ...[...files.values()].map((file) => create(FileDescriptorProtoSchema, describeFile(root, file)))];
}

function readProto(name: string, folders: readonly string[], importedBy: string): string {
  for (const folder of folders) {
    try {
      return readFileSync(resolve(folder, name), "utf8");
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "ENOENT")) throw cause;
    }
  }
  throw protoFault(`there is no file ${name}, which ${importedBy} names, in ${folders.join(" or ") || "what may be read here"}`);
}
