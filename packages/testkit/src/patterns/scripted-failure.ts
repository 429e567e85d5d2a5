import { option, withDefault } from "@portolan/core";

/** How a scripted failure looks. Code and message are plain text. */
export const scriptedFailureOptions = {
  kind: withDefault(option.oneOf("transient", "invalid", "rejected", "defect"), "transient", "The kind of the failure."),
  code: withDefault(option.name, "SCRIPTED", "The code of the failure."),
  message: withDefault(option.name, "scripted failure", "The message of the failure."),
};
