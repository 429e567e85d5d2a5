import { option, optional, withDefault, type OptionSpec, type OptionType, type OptionsOf } from "@portolan/core";
import { policyOptions } from "@portolan/gateway";

/** The name of a field, or true: the route's own name is that of the field. */
const fieldName: OptionType<string | true> = {
  kind: "fieldName",
  expected: "the name of a field, or true for the name of the route",
  schema: { anyOf: [{ type: "string", pattern: "^(?!__)[_A-Za-z][_0-9A-Za-z]*$" }, { const: true }] },
  read(value, context) {
    if (value === true || (typeof value === "string" && NAME.test(value))) return value;
    context.report({ message: "no name of a GraphQL field", expected: this.expected, found: String(value) });
    return undefined;
  },
};

/** What GraphQL takes for a name; those with two underscores in front are its own. */
export const NAME = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/;

function field(operation: string): OptionSpec<string | true, "optional"> {
  return optional(fieldName, `The route answers this field of ${operation}. \`true\` takes the name of the route.`, {
    example: "placeOrder",
  });
}

/** A door: one field of the schema that all GraphQL doors of a path make together. */
export const doorOptions = {
  query: field("Query"),
  mutation: field("Mutation"),
  path: withDefault(option.name, "/graphql", "Where the schema is served. All doors of one path make one schema."),
  limits: withDefault(
    option.object({
      depth: withDefault(option.integer({ min: 1 }), 12, "Fields within fields."),
      aliases: withDefault(option.integer({ min: 0 }), 30, "Fields under another name, by which one field can be asked for often."),
      cost: withDefault(option.integer({ min: 1 }), 1000, "Each field costs 1, each that a route answers 10."),
    }),
    { depth: 12, aliases: 30, cost: 1000 },
    "What one operation may ask for. Of the doors of one path the strictest counts.",
  ),
  keepHeaders: withDefault(
    option.listOf(option.name),
    [],
    "Headers of the request that become headers of the message. Without this none does.",
  ),
  timeout: withDefault(
    option.duration,
    60_000,
    "A field that takes longer is answered with an error; other fields of the request are not.",
  ),
  policies: optional(
    option.object(policyOptions),
    "What holds at the path, inside of what the HTTP host's configuration says. Doors of one path have the same; one of them is enough to say it.",
  ),
};

export type DoorOptions = OptionsOf<typeof doorOptions>;

/** The operation type and the field that a door's options name. */
export interface FieldPlace {
  readonly operation: "query" | "mutation";
  readonly name: string | true;
}

const OPERATIONS = ["query", "mutation"] as const;

export function fieldOf(options: Pick<DoorOptions, "query" | "mutation">): FieldPlace | undefined {
  const operation = OPERATIONS.find((one) => options[one] !== undefined);
  const name = operation === undefined ? undefined : options[operation];
  return operation === undefined || name === undefined ? undefined : { operation, name };
}

export function checkField(options: Pick<DoorOptions, "query" | "mutation">): readonly string[] {
  const named = OPERATIONS.filter((one) => options[one] !== undefined);
  return named.length === 1 ? [] : [`expected one of ${OPERATIONS.join(", ")}, found ${named.length === 0 ? "none" : named.join(" and ")}`];
}
