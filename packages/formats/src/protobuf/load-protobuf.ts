import { createRequire } from "node:module";
import { asMissingPackage } from "@portolan/core";

const load = createRequire(import.meta.url);

type Protobuf = typeof import("@bufbuild/protobuf");
type WellKnown = typeof import("@bufbuild/protobuf/wkt");
type Protobufjs = typeof import("protobufjs");

/** What reads and writes messages: an optional peer, loaded by the first schema. */
export function loadProtobuf(): Protobuf & Pick<WellKnown, "FileDescriptorProtoSchema" | "FileDescriptorSetSchema"> {
  // What `require` yields has no types of its own.
  return { ...(peer("@bufbuild/protobuf") as Protobuf), ...(peer("@bufbuild/protobuf/wkt") as WellKnown) };
}

/** The files of google/protobuf, by their names. */
export function loadWellKnownFiles(): ReadonlyMap<string, import("@bufbuild/protobuf").DescFile> {
  const known = peer("@bufbuild/protobuf/wkt") as WellKnown;
  const files = [
    known.file_google_protobuf_any,
    known.file_google_protobuf_duration,
    known.file_google_protobuf_empty,
    known.file_google_protobuf_field_mask,
    known.file_google_protobuf_struct,
    known.file_google_protobuf_timestamp,
    known.file_google_protobuf_wrappers,
  ];
  return new Map(files.map((file) => [`${file.name}.proto`, file]));
}

/** What reads .proto files: an optional peer, loaded by the first of them. */
export function loadProtobufjs(): Protobufjs {
  return peer("protobufjs") as Protobufjs;
}

function peer(name: string): unknown {
  try {
    return load(name);
  } catch (cause) {
    const [packageName = name] = /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [];
    throw asMissingPackage(cause, "the format protobuf", [packageName]);
  }
}
