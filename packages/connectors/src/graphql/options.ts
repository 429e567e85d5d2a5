import { option, optional, withDefault, type OptionSpec, type OptionType, type OptionsOf } from "@portolan/core";
import { policyOptions } from "@portolan/gateway";

/** What GraphQL takes for a name; those with two underscores in front are its own. */
export const NAME = /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/;
const NAME_PATTERN = "^(?!__)[_A-Za-z][_0-9A-Za-z]*$";

/** The name of a field, or true: the route's own name is that of the field. */
const fieldName: OptionType<string | true> = {
  kind: "fieldName",
  expected: "the name of a field, or true for the name of the route",
  schema: { anyOf: [{ type: "string", pattern: NAME_PATTERN }, { const: true }] },
  read(value, context) {
    if (value === true || (typeof value === "string" && NAME.test(value))) return value;
    context.report({ message: "no name of a GraphQL field", expected: this.expected, found: String(value) });
    return undefined;
  },
};

function field(operation: string): OptionSpec<string | true, "optional"> {
  return optional(fieldName, `The route answers this field of ${operation}. \`true\` takes the name of the route.`, {
    example: "placeOrder",
  });
}

/** How many calls of a field are put together; true for as many as there are. */
const batchSize: OptionType<number | boolean> = option.either(
  option.boolean,
  (value) => typeof value === "boolean",
  option.integer({ min: 1 }),
);

/** What holds for a path unless a door of it says otherwise. */
export const ENDPOINT_DEFAULTS = {
  limits: { depth: 12, aliases: 30, cost: 1000, operations: 1 },
  introspection: true,
  persistedOnly: false,
  requestTimeout: 60_000,
} as const;

export const pathOption = withDefault(option.name, "/graphql", "Where the schema is served. All doors of one path make one schema.");
export const schemaOption = optional(
  option.text,
  "A schema that was written first (SDL, or what introspection answers), for all doors of the path. It says the types of the fields.",
  { example: "./schema.graphql" },
);

/** A door: one field of the schema that all GraphQL doors of a path make together. */
export const doorOptions = {
  query: field("Query"),
  mutation: field("Mutation"),
  field: optional(
    option.name,
    "The route answers this field of a type, `Type.field`. Its message is `{ parent, args }`; for Query and Mutation, the arguments.",
    { example: "Order.customer" },
  ),
  entity: optional(option.name, "The route answers entities of this type for a federation: its message is what refers to one.", {
    example: "Order",
  }),
  key: optional(option.oneOrMore(option.name), "The fields that tell an entity from others, each such as `id` or `id region`.", {
    example: "id",
  }),
  schema: schemaOption,
  unrouted: optional(
    option.oneOf("fail", "ignore"),
    "Fields of `schema` that nothing answers: `fail` (default) refuses to start, `ignore` leaves them null. What any door of the path says holds.",
  ),
  batch: optional(
    batchSize,
    "Calls of the field that belong to one request come together: the message is a list of what would be messages, the result a list as long. A number is the most at a time.",
    { example: true },
  ),
  path: pathOption,
  limits: withDefault(
    option.object({
      depth: withDefault(option.integer({ min: 1 }), ENDPOINT_DEFAULTS.limits.depth, "Fields within fields."),
      aliases: withDefault(
        option.integer({ min: 0 }),
        ENDPOINT_DEFAULTS.limits.aliases,
        "Fields under another name, by which one field can be asked for often.",
      ),
      cost: withDefault(option.integer({ min: 1 }), ENDPOINT_DEFAULTS.limits.cost, "Each field costs 1, each that a route answers 10."),
      operations: withDefault(
        option.integer({ min: 1 }),
        ENDPOINT_DEFAULTS.limits.operations,
        "Operations in one request, sent as a list. 1: no lists.",
      ),
    }),
    ENDPOINT_DEFAULTS.limits,
    "What one operation may ask for. Of the doors of one path the strictest counts.",
  ),
  introspection: withDefault(
    option.boolean,
    ENDPOINT_DEFAULTS.introspection,
    "Whether clients may ask for the schema. One door of the path that says false is enough.",
  ),
  persisted: optional(
    option.text,
    "A file of operations that clients name by their hash: a map of hashes to operations, or a manifest of Apollo's.",
    { example: "./operations.json" },
  ),
  persistedOnly: withDefault(
    option.boolean,
    ENDPOINT_DEFAULTS.persistedOnly,
    "Whether operations that are not in the file `persisted` are refused.",
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
  requestTimeout: withDefault(
    option.duration,
    ENDPOINT_DEFAULTS.requestTimeout,
    "Fields that are not answered by then, counted from the request's start, are errors. Of the doors of one path the shortest counts.",
  ),
  policies: optional(
    option.object(policyOptions),
    "What holds at the path, inside of what the HTTP host's configuration says. Doors of one path have the same; one of them is enough to say it.",
  ),
};

export type DoorOptions = OptionsOf<typeof doorOptions>;
