import { PortolanError } from "@portolan/core";
import type { MappingFunction } from "../mapping-function.ts";

export const requiredFunction: MappingFunction = {
  name: "required",
  signature: "<xs:x>",
  summary: "The value, unless it is nothing or null: then an error that names what lacks it.",
  examples: [[`$required(5, "total")`, 5]],
  call(value, target) {
    if (value !== undefined && value !== null) return value;
    throw new PortolanError(
      "PORTOLAN_VALUE_INVALID",
      `${String(target)} is required, and its source has ${value === null ? "null" : "nothing"}`,
      {
        hint: "mend the sender, or give the row a default",
      },
    );
  },
};
