import { PortolanError } from "@portolan/core";
import { compileSchemas } from "../schema/compile-schemas.ts";
import { readSchemaModel } from "../schema/read-model.ts";
import { collectSchemas, inFile, type ReadFile, type SchemaFile, type SchemaFiles } from "../schema/schema-files.ts";
import type { ElementDeclaration, SchemaModel } from "../schema/schema-model.ts";
import { attributeOf, childrenNamed, clark, resolveName } from "../xml/xml-element.ts";
import { loadDocuments } from "./documents.ts";
import { writtenOperations, type WrittenMessage, type WrittenOperation, type WrittenPart } from "./operations.ts";
import { rpcSchemas } from "./rpc-schemas.ts";
import type { MessageShape, ServiceModel, ServiceSchemas, SoapOperation, WsdlMessage } from "./service-model.ts";
import { WSDL, createSymbols, nameOf } from "./wsdl-symbols.ts";

/**
 * What a WSDL 1.1 document and all that it imports say of SOAP. Throws PORTOLAN_FORMAT_INVALID with the reason if the document cannot be used.
 */
export function readWsdl(path: string, readFile: ReadFile): ServiceModel {
  const documents = loadDocuments(path, readFile);
  const symbols = createSymbols(documents.definitions.map(({ root }) => root));
  const collected = collectSchemas(documents.schemas, readFile);
  return inFile(path, () => {
    const written = writtenOperations(symbols);
    const skipped = [...written.skipped];
    const schemas = schemasFor(written.operations, collected);
    const operations = written.operations.flatMap((one): readonly SoapOperation[] => {
      try {
        return [resolveOperation(one, schemas[one.style]())];
      } catch (error) {
        if (!(error instanceof PortolanError)) throw error;
        skipped.push(`${one.name}: ${error.message}`);
        return [];
      }
    });
    if (operations.length === 0 && skipped.length > 0) throw noneLeft(skipped, collected);
    const [main] = documents.definitions;
    const [service] = symbols.all("service");
    return {
      name: (service === undefined ? undefined : nameOf(service.element)) || (main === undefined ? "" : nameOf(main.root)),
      targetNamespace: (main === undefined ? undefined : attributeOf(main.root, "targetNamespace")) ?? "",
      operations,
      messages: symbols.all("message").map(({ element }) => messageOf(element)),
      skipped,
      schemas: schemas.document(),
      documents: [...documents.definitions, ...collected.documents],
    };
  });
}

function noneLeft(skipped: readonly string[], { unread }: SchemaFiles): PortolanError {
  return new PortolanError(
    "PORTOLAN_FORMAT_INVALID",
    `none of its operations can be called: ${skipped.slice(0, 3).join("; ")}`,
    unread.length === 0 ? {} : { hint: unread.join("; ") },
  );
}

/**
 * The schemas of the operations of both styles. Those of rpc declare elements of their own, which may have the name of another one, so that
 * documents which have both styles have schemas for each.
 */
function schemasFor(
  operations: readonly WrittenOperation[],
  { files, unread }: SchemaFiles,
): Record<"document" | "rpc", () => ServiceSchemas> {
  const compiled = (all: readonly SchemaFile[]) => once(() => ({ validator: compileSchemas(all, unread), model: readSchemaModel(all) }));
  const own = rpcSchemas(operations);
  const rpc = compiled([...own, ...files]);
  const isRpcOnly = own.length > 0 && operations.every(({ style }) => style === "rpc");
  return { document: isRpcOnly ? rpc : compiled(files), rpc };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: make() }).value;
}

function resolveOperation({ name, style, ports, documentation, ...written }: WrittenOperation, schemas: ServiceSchemas): SoapOperation {
  return {
    name,
    style,
    ports,
    documentation,
    schemas,
    input: messageShape(written.input, schemas.model),
    output: written.output === undefined ? undefined : messageShape(written.output, schemas.model),
    faults: written.faults.map((fault) => ({ name: fault.name, action: fault.action, element: elementOf(fault.part, schemas.model) })),
  };
}

function messageShape({ wrapper, parts, headers, action }: WrittenMessage, model: SchemaModel): MessageShape {
  const blocks = headers.map((part) => elementOf(part, model));
  if (wrapper === undefined) return { body: parts.map((part) => elementOf(part, model)), headers: blocks, action };
  const elementPart = parts.find(({ kind }) => kind === "element");
  if (elementPart !== undefined) throw unusable(`its part ${elementPart.name} names an element, and rpc style has parts of types`);
  const element = model.element(wrapper);
  return { body: element === undefined ? [] : [element], headers: blocks, action };
}

function elementOf(part: WrittenPart, model: SchemaModel): ElementDeclaration {
  if (part.kind === "type") throw unusable(`its part ${part.name} names a type, and document style has parts of elements`);
  const name = resolveName(part.text, part.from.scope);
  const found = name === undefined ? undefined : model.element(name);
  if (found !== undefined) return found;
  throw unusable(`its part ${part.name} names the element ${name === undefined ? part.text : clark(name)}, which no schema declares`);
}

function messageOf(element: Parameters<typeof nameOf>[0]): WsdlMessage {
  const parts = childrenNamed(element, WSDL, "part").map((part) => ({
    name: nameOf(part),
    type: (attributeOf(part, "element") ?? attributeOf(part, "type") ?? "").replace(/^.*:/, ""),
  }));
  return { name: nameOf(element), parts };
}

function unusable(reason: string): PortolanError {
  return new PortolanError("PORTOLAN_FORMAT_INVALID", reason);
}
