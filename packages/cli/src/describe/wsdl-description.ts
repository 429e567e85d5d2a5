import { resolve } from "node:path";
import { asMissingPackage, type JsonSchema } from "@portolan/core";
import type { MessageShape, SoapOperation } from "@portolan/connectors/wsdl";
import type { DescribedOperation, DescribedType, Description } from "./description.ts";
import type { DescribedDocument } from "./read-description.ts";
import { typeOf, typeWords } from "./schema-types.ts";

/** The SOAP operations of a WSDL document, its messages, and the types of what stands in them. */
export async function describeWsdl({ file, bytes, directory }: DescribedDocument): Promise<Description> {
  const { createElementSchemas, readLocalFile, readWsdl } = await loadWsdlReader();
  const service = readWsdl(file, (path) => (path === file ? bytes : readLocalFile(resolve(directory, path))));
  const schemas = createElementSchemas();
  const own = new Map<string, JsonSchema>();
  const wordsOf = ({ body }: MessageShape): string => {
    const words = body.map((element) => {
      const schema = schemas.schemaOf(element);
      if (typeof schema["$ref"] === "string") return typeWords(schema);
      own.set(element.name, schema);
      return element.name;
    });
    return words.length === 0 ? "nothing" : words.join(", ");
  };
  const operations = service.operations.map((operation) => operationOf(operation, wordsOf));
  const types: readonly DescribedType[] = [...own, ...schemas.definitions].map(([name, schema]) => typeOf(name, schema));
  return {
    kind: "WSDL 1.1",
    ...(service.name === "" ? {} : { title: service.name }),
    operations,
    messages: service.messages,
    types,
    ...(service.skipped.length === 0 ? {} : { skipped: service.skipped }),
  };
}

/** What the operations of a WSDL document take and answer, by their names; it and what it refers to are found by their names. */
export async function messagesOfWsdl(
  file: string,
  read: (file: string) => string,
): Promise<ReadonlyMap<string, { readonly input: JsonSchema; readonly output: JsonSchema }>> {
  const { createElementSchemas, readWsdl } = await loadWsdlReader();
  const service = readWsdl(file, (path) => Buffer.from(read(path)));
  const schemas = createElementSchemas();
  const schemaOf = (shape: MessageShape | undefined): JsonSchema => {
    const elements = shape?.body ?? [];
    const properties = Object.fromEntries(elements.map((element) => [element.name, schemas.schemaOf(element)]));
    return { type: "object", properties, required: Object.keys(properties) };
  };
  const messages = service.operations.map(
    ({ name, input, output }) => [name, { input: schemaOf(input), output: schemaOf(output) }] as const,
  );
  const $defs = Object.fromEntries(schemas.definitions);
  return new Map(messages.map(([name, { input, output }]) => [name, { input: { ...input, $defs }, output: { ...output, $defs } }]));
}

/** What reads WSDL, or which package is missing for it. */
export async function loadWsdlReader() {
  try {
    return await import("@portolan/connectors/wsdl");
  } catch (thrown) {
    throw asMissingPackage(thrown, "WSDL", ["libxml2-wasm"]);
  }
}

function operationOf(operation: SoapOperation, wordsOf: (shape: MessageShape) => string): DescribedOperation {
  const { name, ports, input, output, faults, documentation } = operation;
  const versions = [...new Set(ports.map(({ version }) => version))].toSorted();
  const [address] = ports.flatMap((port) => port.address ?? []);
  return {
    name,
    call: `SOAP ${versions.join(", ")}${address === undefined ? "" : ` ${address}`}`,
    input: wordsOf(input),
    ...(output === undefined ? {} : { output: wordsOf(output) }),
    ...(faults.length === 0 ? {} : { faults: faults.map((fault) => fault.name) }),
    ...(documentation === undefined ? {} : { summary: documentation }),
  };
}
