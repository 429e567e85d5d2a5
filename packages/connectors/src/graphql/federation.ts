import {
  Kind,
  getNamedType,
  isInterfaceType,
  isObjectType,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  parse,
  print,
  printSchema,
  visit,
  type ConstDirectiveNode,
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";

/** What a schema is to a federation, as Apollo's subgraph specification has it (version 2; texts of version 1 are read, too). */
export interface Federation {
  /** Each key of a type: the fields that tell its objects apart. */
  readonly keys: readonly (readonly [type: string, fields: string])[];
  /** What `_service { sdl }` answers: the schema without what the federation adds. */
  readonly sdl: string;
  /** The types of which other services may ask for single ones, by their key. */
  readonly entities: readonly string[];
}

/** The directives that contracts can ask for, under the names that their schemas use. */
const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';
const SPECIFICATION = /^https:\/\/specs\.apollo\.dev\/federation\/v\d/;
/** What a federation adds to a schema, and a text that comes from one may hold. */
const ADDED = new Set(["_Any", "_Service", "_Entity"]);
const ADDED_FIELDS = new Set(["_service", "_entities"]);

/**
 * Adds to `document` what a federation asks for, if `written`, the same with its directives, says that it belongs to one:
 * a link to the specification, or keys.
 */
export function federate(document: DocumentNode, written: DocumentNode): { document: DocumentNode; federation: Federation | undefined } {
  const key = keyDirective(written);
  if (key === undefined) return { document, federation: undefined };
  const own = withoutAdded(document);
  const { keys, entities } = keyedTypes(written, key);
  const query = queryType(own);
  const union = entities.length === 0 ? "" : `union _Entity = ${entities.join(" | ")}`;
  const ask = entities.length === 0 ? "" : "_entities(representations: [_Any!]!): [_Entity]!";
  const hasQuery = own.definitions.some((one) => isTypeDefinitionNode(one) && one.name.value === query);
  const added = parse(
    `scalar _Any type _Service { sdl: String! } ${union} ${hasQuery ? "extend " : ""}type ${query} { _service: _Service! ${ask} }`,
    { noLocation: true },
  );
  return {
    document: { ...own, definitions: [...own.definitions, ...added.definitions] },
    federation: { sdl: print(withoutAdded(written)), keys, entities },
  };
}

/** The text of a schema that contracts make, whose types have these keys. */
export function textWithKeys(schema: GraphQLSchema, keys: ReadonlyMap<string, readonly string[]>): string {
  const document = visit(parse(printSchema(schema), { noLocation: true }), {
    ObjectTypeDefinition: (node) => ({ ...node, directives: (keys.get(node.name.value) ?? []).map(keyNode) }),
  });
  return `${LINK}\n\n${print(document)}`;
}

function keyNode(fields: string): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: "key" },
    arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "fields" }, value: { kind: Kind.STRING, value: fields } }],
  };
}

/** What the text calls the directive for keys; undefined if it is no part of a federation. */
function keyDirective({ definitions }: DocumentNode): string | undefined {
  for (const link of definitions.flatMap(linksOf)) {
    const imported = argument(link, "import");
    const items = imported?.kind === Kind.LIST ? imported.values : [];
    const alias = argument(link, "as");
    return items.map(importedKey).find((name) => name !== undefined) ?? `${alias?.kind === Kind.STRING ? alias.value : "federation"}__key`;
  }
  return definitions.some((one) => "directives" in one && (one.directives ?? []).some(isVersion1Key)) ? "key" : undefined;
}

/** Other tools have a directive of this name, too, whose fields are a list. */
function isVersion1Key(directive: DirectiveNode): boolean {
  return directive.name.value === "key" && argument(directive, "fields")?.kind === Kind.STRING;
}

function linksOf(one: DefinitionNode): readonly ConstDirectiveNode[] {
  if (one.kind !== Kind.SCHEMA_DEFINITION && one.kind !== Kind.SCHEMA_EXTENSION) return [];
  return (one.directives ?? []).filter((directive) => {
    const url = argument(directive, "url");
    return directive.name.value === "link" && url?.kind === Kind.STRING && SPECIFICATION.test(url.value);
  });
}

/** `"@key"`, or `{ name: "@key", as: "@id" }`. */
function importedKey(item: ValueNode): string | undefined {
  if (item.kind === Kind.STRING) return item.value === "@key" ? "key" : undefined;
  if (item.kind !== Kind.OBJECT) return undefined;
  const texts = new Map(item.fields.map(({ name, value }) => [name.value, value.kind === Kind.STRING ? value.value : ""]));
  return texts.get("name") === "@key" ? (texts.get("as") ?? "@key").slice(1) : undefined;
}

/** The keys of types, and those object types of which there is one by which they can be asked for. */
function keyedTypes({ definitions }: DocumentNode, key: string): Pick<Federation, "keys" | "entities"> {
  const found = definitions.flatMap((one) =>
    KEYED.has(one.kind) && "directives" in one && "name" in one
      ? (one.directives ?? []).flatMap((directive) => (directive.name.value === key ? [{ one, directive }] : []))
      : [],
  );
  const keys = found.map(({ one, directive }) => {
    const fields = argument(directive, "fields");
    return [one.name?.value ?? "", fields?.kind === Kind.STRING ? fields.value : ""] as const;
  });
  const entities = found.flatMap(({ one, directive }) =>
    one.kind.startsWith("Object") && isResolvable(directive) ? [one.name?.value ?? ""] : [],
  );
  return { keys, entities: [...new Set(entities)] };
}

const KEYED: ReadonlySet<string> = new Set([
  Kind.OBJECT_TYPE_DEFINITION,
  Kind.OBJECT_TYPE_EXTENSION,
  Kind.INTERFACE_TYPE_DEFINITION,
  Kind.INTERFACE_TYPE_EXTENSION,
]);

/** What is wrong with a key, such as `id region { code }`, of a type; undefined if nothing is. */
export function keyFault(type: GraphQLNamedType | undefined, fields: string): string | undefined {
  try {
    const selection = parse(`{ ${fields} }`).definitions[0];
    return selection?.kind === Kind.OPERATION_DEFINITION ? selectionFault(type, selection.selectionSet) : undefined;
  } catch {
    return `"${fields}" is no list of fields`;
  }
}

function selectionFault(type: GraphQLNamedType | undefined, { selections }: SelectionSetNode): string | undefined {
  if (!(isObjectType(type) || isInterfaceType(type))) return undefined;
  for (const node of selections) {
    if (node.kind !== Kind.FIELD) continue;
    const field = type.getFields()[node.name.value];
    if (field === undefined) return `${type.name} has no field ${node.name.value}`;
    const fault = node.selectionSet === undefined ? undefined : selectionFault(getNamedType(field.type), node.selectionSet);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isResolvable(directive: DirectiveNode): boolean {
  const resolvable = argument(directive, "resolvable");
  return !(resolvable?.kind === Kind.BOOLEAN && !resolvable.value);
}

function argument(directive: DirectiveNode, name: string): ValueNode | undefined {
  return directive.arguments?.find((one) => one.name.value === name)?.value;
}

function queryType({ definitions }: DocumentNode): string {
  const roots = definitions.flatMap((one) =>
    one.kind === Kind.SCHEMA_DEFINITION || one.kind === Kind.SCHEMA_EXTENSION ? (one.operationTypes ?? []) : [],
  );
  return roots.find(({ operation }) => operation === "query")?.type.name.value ?? "Query";
}

function withoutAdded(document: DocumentNode): DocumentNode {
  const definitions = document.definitions.filter(
    (one) => !((isTypeDefinitionNode(one) || isTypeExtensionNode(one)) && ADDED.has(one.name.value)),
  );
  return visit({ ...document, definitions }, { FieldDefinition: (node) => (ADDED_FIELDS.has(node.name.value) ? null : undefined) });
}
