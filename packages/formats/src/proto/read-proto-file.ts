import type { JsonSchema } from "@portolan/core";
import { asInvalid } from "../format-invalid.ts";
import { loadProtobufjs } from "../protobuf/load-protobuf.ts";
import { openMessages } from "../protobuf/message-schema.ts";
import { jsonSchemaOfMessage } from "./to-json-schema.ts";

/** All that a .proto file declares. */
export interface ProtoFile {
  readonly packageName: string;
  readonly messages: readonly { readonly name: string; readonly schema: JsonSchema }[];
  readonly calls: readonly ProtoCall[];
}

/** A method of a service; `stream` stands before the type of what comes or goes in any number. */
export interface ProtoCall {
  readonly service: string;
  readonly name: string;
  readonly input: string;
  readonly output: string;
}

/** Reads the text of a .proto file; what it imports is found beside the file, or from the directory on. */
export function readProtoFile(text: string, { directory, file }: { readonly directory: string; readonly file: string }): ProtoFile {
  return asInvalid(() => {
    const messages = openMessages(text, { directory, file }).map((message) => ({
      name: message.typeName,
      schema: jsonSchemaOfMessage(message),
    }));
    const { parse, Root, Service } = loadProtobufjs();
    const root = new Root();
    const { package: packageName = "" } = parse(text, root, { keepCase: true });
    const holder = packageName ? root.lookup(packageName) : root;
    const services =
      holder !== null && "nestedArray" in holder ? (holder as typeof root).nestedArray.filter((one) => one instanceof Service) : [];
    const calls = services.flatMap((service) =>
      service.methodsArray.map(({ name, requestType, requestStream, responseType, responseStream }) => ({
        service: service.fullName.replace(/^\./, ""),
        name,
        input: `${requestStream === true ? "stream " : ""}${requestType}`,
        output: `${responseStream === true ? "stream " : ""}${responseType}`,
      })),
    );
    return { packageName: packageName ?? "", messages, calls };
  });
}
