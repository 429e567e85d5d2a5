import { option, optional, type ErrorMatch, type OptionType } from "@portolan/core";

/** Which errors a clause or a catch is for. */
export const errorMatchOption: OptionType<ErrorMatch> = option.object({
  kind: optional(option.oneOrMore(option.oneOf("transient", "invalid", "rejected", "defect")), "One of these kinds"),
  code: optional(option.oneOrMore(option.name), "One of these codes; `*` is a wildcard"),
  message: optional(option.name, "The error's message contains this text"),
  when: optional(option.expression, "Holds on the message, with `attributes.error` set"),
});
