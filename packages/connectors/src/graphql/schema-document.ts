import {
  GraphQLError,
  Kind,
  buildASTSchema,
  buildClientSchema,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  parse,
  printSchema,
  specifiedDirectives,
  validateSchema,
  visit,
  type DefinitionNode,
  type DocumentNode,
  type GraphQLSchema,
  type IntrospectionQuery,
  type TypeDefinitionNode,
  type TypeExtensionNode,
} from "graphql";
import { PortolanError, isRecord } from "@portolan/core";
import { federate, keyFault, type Federation } from "./federation.ts";
import { isIntrospection } from "./introspection.ts";

/** A schema that was written first. */
export interface SchemaDocument {
  readonly schema: GraphQLSchema;
  /** As it was written, or as introspection says it. */
  readonly text: string;
  /** What makes it part of a federation; undefined if nothing does. */
  readonly federation: Federation | undefined;
}

/**
 * Reads the text of a schema (SDL), or what introspection answers. Directives that the text does not declare say nothing here
 * and are passed over, as servers that share one text do. A root type without fields, or none at all, is left to whoever uses it.
 * Throws PORTOLAN_FORMAT_INVALID with the reason, and the place where there is one.
 */
export function readSchemaDocument(content: unknown, file: string): SchemaDocument {
  try {
    const text = typeof content === "string" ? content : introspectedText(content);
    return schemaOfText(text);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${file} is no GraphQL schema: ${reasonOf(cause)}`, { cause });
  }
}

/** The same for a text whose reading cannot fail on this side. */
export function schemaOfText(text: string): SchemaDocument {
  const parsed = parse(text.replace(/^\uFEFF/, ""));
  const executable = parsed.definitions.find(isExecutable);
  if (executable !== undefined)
    throw new GraphQLError("it has operations or fragments, which belong into a document of a client", { nodes: executable });
  const { document, federation } = federate(withoutUndeclared(withBases(parsed)), parsed);
  const schema = buildASTSchema(document);
  // A part of a schema has no queries of its own.
  const [error] = validateSchema(schema).filter(({ message }) => message !== "Query root type must be provided.");
  if (error !== undefined) throw error;
  for (const [type, fields] of federation?.keys ?? []) {
    const fault = keyFault(schema.getType(type), fields);
    if (fault !== undefined) throw new GraphQLError(`the key of ${type}: ${fault}`);
  }
  return { schema, text, federation };
}

function introspectedText(content: unknown): string {
  const found = isRecord(content) && isRecord(content["data"]) ? content["data"] : content;
  if (!isIntrospection(found)) throw new Error("expected SDL, or the answer of an introspection with __schema");
  try {
    // Its parts are checked as they are read; what is not there at all is a TypeError then.
    return printSchema(buildClientSchema(found as unknown as IntrospectionQuery));
  } catch (cause) {
    throw new Error(`its __schema is not what introspection answers: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function isExecutable({ kind }: DefinitionNode): boolean {
  return kind === Kind.OPERATION_DEFINITION || kind === Kind.FRAGMENT_DEFINITION;
}

/** A type that is only ever extended is defined by its first extension. */
function withBases(document: DocumentNode): DocumentNode {
  const defined = new Set(document.definitions.flatMap((one) => (isTypeDefinitionNode(one) ? [one.name.value] : [])));
  let hasSchema = document.definitions.some(({ kind }) => kind === Kind.SCHEMA_DEFINITION);
  const definitions = document.definitions.map((one): DefinitionNode => {
    if (one.kind === Kind.SCHEMA_EXTENSION && !hasSchema && (one.operationTypes ?? []).length > 0) {
      hasSchema = true;
      return { ...one, kind: Kind.SCHEMA_DEFINITION, operationTypes: one.operationTypes ?? [] };
    }
    if (!isTypeExtensionNode(one) || defined.has(one.name.value)) return one;
    defined.add(one.name.value);
    return definitionOf(one);
  });
  // Without root types there is nothing that an extension of the schema could extend.
  return { ...document, definitions: hasSchema ? definitions : definitions.filter(({ kind }) => kind !== Kind.SCHEMA_EXTENSION) };
}

const DEFINITIONS = {
  [Kind.SCALAR_TYPE_EXTENSION]: Kind.SCALAR_TYPE_DEFINITION,
  [Kind.OBJECT_TYPE_EXTENSION]: Kind.OBJECT_TYPE_DEFINITION,
  [Kind.INTERFACE_TYPE_EXTENSION]: Kind.INTERFACE_TYPE_DEFINITION,
  [Kind.UNION_TYPE_EXTENSION]: Kind.UNION_TYPE_DEFINITION,
  [Kind.ENUM_TYPE_EXTENSION]: Kind.ENUM_TYPE_DEFINITION,
  [Kind.INPUT_OBJECT_TYPE_EXTENSION]: Kind.INPUT_OBJECT_TYPE_DEFINITION,
} as const;

function definitionOf(extension: TypeExtensionNode): TypeDefinitionNode {
  // The two differ in nothing but the kind.
  return { ...extension, kind: DEFINITIONS[extension.kind] } as TypeDefinitionNode;
}

function withoutUndeclared(document: DocumentNode): DocumentNode {
  const declared = new Set([
    ...specifiedDirectives.map(({ name }) => name),
    ...document.definitions.flatMap((one) => (one.kind === Kind.DIRECTIVE_DEFINITION ? [one.name.value] : [])),
  ]);
  return visit(document, { Directive: (node) => (declared.has(node.name.value) ? undefined : null) });
}

function reasonOf(cause: Error): string {
  const [place] = cause instanceof GraphQLError ? (cause.locations ?? []) : [];
  return place === undefined ? cause.message : `${cause.message} (line ${place.line}, column ${place.column})`;
}
