import { defineCommand, type Io } from "../command.ts";
import type { Description } from "../describe/description.ts";
import { readInput } from "../input.ts";
import { renderTable } from "../table.ts";

export const describe = defineCommand({
  name: "describe",
  summary: "Says what an API description or a schema offers (operations and types), or why it cannot be read.",
  details:
    "Reads OpenAPI (2.0, which is Swagger, 3.0, 3.1, 3.2) and AsyncAPI (2, 3) in JSON or YAML, JSON Schema, Avro (`.avsc`), Protobuf (`.proto`, with the calls of its services), XML Schema (`.xsd`) and WSDL 1.1 (`.wsdl`, the SOAP operations and messages). Files that it refers to are read, too; nothing is fetched. What cannot be read is said with the reason, and the exit code is not 0.",
  positionals: [{ name: "FILE", description: "The document.", presence: "required" }],
  options: {
    json: { type: "boolean", description: "Print all of it as one JSON document." },
    typescript: {
      type: "boolean",
      description: "Print the types of the operations of an API description as a TypeScript module: for `rest.client` and `rest.api`.",
    },
    types: { type: "boolean", description: "List the fields of the types, too." },
  },
  examples: [
    { line: "portolan describe openapi.yaml", does: "Which operations there are, what they take and what they answer." },
    { line: "portolan describe asyncapi.yaml", does: "Which messages an application sends and receives, and where." },
    { line: "portolan describe erp.wsdl", does: "Which SOAP operations there are, and what their messages hold." },
    { line: "portolan describe orders.avsc --types", does: "The records of an Avro schema with their fields." },
    {
      line: "portolan describe crm.yaml --typescript > crm.gen.ts",
      does: "Types that a client of the API is checked by. Commit the file.",
    },
  ],
  async run({ positionals: [file = ""], options, io }) {
    const { createFormats } = await import("@portolan/formats");
    const { readDescription, typesOfDescription } = await import("../describe/read-description.ts");
    const formats = createFormats([], { directory: io.directory });
    const document = { file, bytes: await readInput(file, io), formats, directory: io.directory };
    if (options.typescript === true) {
      io.stdout.write(await typesOfDescription(document));
      return "ok";
    }
    const description = await readDescription(document);
    if (options.json === true) io.stdout.write(`${JSON.stringify(description, undefined, 2)}\n`);
    else writeText(io, description, options.types === true);
    return "ok";
  },
});

function writeText(
  { stdout }: Io,
  { kind, title, version, operations, messages = [], types, skipped = [] }: Description,
  withFields: boolean,
): void {
  const name = [title, version].filter(Boolean).join(" ");
  stdout.write(`${name === "" ? kind : `${kind}: ${name}`}\n`);
  if (operations.length > 0) {
    const rows = operations.map((one) => [
      one.name,
      one.call,
      one.input ?? "",
      one.output ?? "",
      one.deprecated === true ? "deprecated" : "",
    ]);
    stdout.write(`\n${renderTable([["OPERATION", "CALL", "TAKES", "ANSWERS"], ...rows])}`);
  }
  if (messages.length > 0) {
    const rows = messages.map((one) => [one.name, one.parts.map((part) => `${part.name}: ${part.type}`).join(", ")]);
    stdout.write(`\n${renderTable([["MESSAGE", "PARTS"], ...rows])}`);
  }
  if (types.length > 0) stdout.write(`\n${renderTable([["TYPE", "IS"], ...typeRows(types, withFields)])}`);
  if (skipped.length > 0) stdout.write(`\n${renderTable([["CANNOT BE USED"], ...skipped.map((reason) => [reason])])}`);
}

function typeRows(types: Description["types"], withFields: boolean): readonly (readonly string[])[] {
  return types.flatMap((type) => [
    [type.name, type.type],
    ...(withFields ? type.fields.map((field) => [`  ${field.name}${field.required ? "" : "?"}`, field.type]) : []),
  ]);
}
