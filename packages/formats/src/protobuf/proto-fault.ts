import { PortolanError } from "@portolan/core";

/** What is wrong with a .proto file. */
export function protoFault(reason: string, hint?: string): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `the Protobuf schema cannot be read: ${reason}`, hint === undefined ? {} : { hint });
}
