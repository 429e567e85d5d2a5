import { isRecord } from "@portolan/core";

/** Whether data are what introspection answers, as tools write it into a file. */
export function isIntrospection(content: unknown): boolean {
  return isRecord(content) && isRecord((isRecord(content["data"]) ? content["data"] : content)["__schema"]);
}
