import { readProtoFile } from "@portolan/formats/proto";
import type { Description } from "./description.ts";
import type { DescribedDocument } from "./read-description.ts";
import { typesOfSchema } from "./schema-types.ts";

/** Messages, and the calls of services. */
export function describeProto({ bytes, directory, file }: DescribedDocument): Description {
  const { packageName, messages, calls } = readProtoFile(Buffer.from(bytes).toString("utf8"), { directory, file });
  const types = new Map(messages.flatMap(({ name, schema }) => typesOfSchema(schema, name)).map((type) => [type.name, type]));
  return {
    kind: "Protobuf schema",
    ...(packageName === "" ? {} : { title: packageName }),
    operations: calls.map(({ service, name, input, output }) => ({ name, call: `${service}/${name}`, input, output })),
    types: [...types.values()],
  };
}
