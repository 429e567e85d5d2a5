import { option, optional, type OptionsOf } from "@portolan/core";
import { NAME, pathOption, schemaOption } from "./options.ts";

/** A subscription that messages are published to. */
export const targetOptions = {
  subscription: optional(option.name, "Subscribers of this field of Subscription get the message's body.", { example: "orderAccepted" }),
  contract: optional(option.contract, "What is published: the type of the field, and what bodies are checked by."),
  filterBy: optional(
    option.listOf(option.name),
    "Fields of the body that become arguments: a subscriber who gives one gets what has the same value there.",
    { example: ["customerId"] },
  ),
  path: pathOption,
  schema: schemaOption,
};

export type TargetOptions = OptionsOf<typeof targetOptions>;

export function describeTarget({ subscription, path }: TargetOptions): string {
  return `subscription ${subscription ?? ""} at ${path}`;
}

export function checkTarget({ subscription, schema, contract, filterBy }: TargetOptions): readonly string[] {
  if (subscription === undefined) return ["expected subscription"];
  const faults = [subscription, ...(filterBy ?? [])]
    .filter((name) => !NAME.test(name))
    .map((name) => `"${name}" is no name of a GraphQL field`);
  if (schema !== undefined)
    for (const [name, value] of Object.entries({ contract, filterBy }))
      if (value !== undefined) faults.push(`${name} is said by schema already`);
  if (filterBy !== undefined && schema === undefined && contract === undefined)
    faults.push("filterBy names fields of what is published, and no contract says what that is");
  return faults;
}
