import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";

const connection = {
  url: required(
    option.text,
    "Where the database is: `postgres://user:password@host:5432/database`, or `mysql` or `mariadb` instead of `postgres`.",
    { secret: true, example: "${DATABASE_URL}" },
  ),
  tls: withDefault(option.boolean, false, "Whether the connection is by TLS, with a certificate that is valid."),
  ca: optional(option.text, "The certificates that are trusted, in PEM; the connection is by TLS then. Default: those of Node."),
};

export const sqlTargetOptions = {
  ...connection,
  statement: optional(option.name, "The statement. Values are its parameters, `:name`; they are never put into the text.", {
    example: "update orders set state = :state where id = :id",
  }),
  table: optional(option.name, "The table that rows are inserted into, instead of `statement`.", { example: "orders" }),
  columns: optional(option.listOf(option.name), "The columns of `table` that are written.", { example: ["id", "total"] }),
  key: optional(option.listOf(option.name), "Columns that are unique: a row of `table` that there is already is changed instead.", {
    example: ["id"],
  }),
  parameters: optional(
    option.mapOf(option.expression),
    "Values of parameters or columns. All others are the properties of the body that have their names.",
    { example: { id: "order.number" } },
  ),
  returns: withDefault(
    option.oneOf("rows", "first", "count", "stream"),
    "rows",
    "What `call` gets: the rows, the first row or null, `{ affected }`, or a stream of rows for `split`, which reads as it goes.",
  ),
  connections: withDefault(option.integer({ min: 1, max: 1_000 }), 10, "How many connections there are at most."),
  timeout: withDefault(option.duration, 30_000, "How long a statement, or a batch, may take."),
};

export type SqlTargetOptions = OptionsOf<typeof sqlTargetOptions>;
