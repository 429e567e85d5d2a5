import { isRecord, type ContractCompiler, type Finding, type JsonSchema } from "@portolan/core";
import type { AppDocument } from "../docs/app-documents.ts";

type Compare = NonNullable<ContractCompiler["compare"]>;

/** What breaks clients that know the documents of the doors of `before` when they meet `after`: GraphQL, MCP and WSDL. */
export async function brokenDocuments(
  before: readonly AppDocument[],
  after: readonly AppDocument[],
  compare: Compare,
): Promise<readonly Finding[]> {
  const findings = before.map(async ({ name }): Promise<readonly Finding[]> => {
    const breaks = BREAKS.find(([end]) => name.endsWith(end));
    if (breaks === undefined) return [];
    const [, title, find] = breaks;
    const isLeft = after.some((one) => one.name === name);
    const messages = isLeft ? await find({ name, before: textsOf(before), after: textsOf(after), compare }) : ["the document is gone"];
    return messages.map((message) => ({
      path: name,
      message: `${title}: ${message}`,
      hint: "keep what clients rely on; add something new beside it instead",
    }));
  });
  return (await Promise.all(findings)).flat();
}

/** The documents of one version by their names: one may refer to another. */
type ReadDocument = (name: string) => string;

function textsOf(documents: readonly AppDocument[]): ReadDocument {
  return (name) => String(documents.find((one) => one.name === name)?.content ?? "");
}

interface Versions {
  readonly name: string;
  readonly before: ReadDocument;
  readonly after: ReadDocument;
  readonly compare: Compare;
}

type FindBreaks = (versions: Versions) => readonly string[] | Promise<readonly string[]>;

/** By how the name of a document ends. */
const BREAKS: readonly (readonly [string, string, FindBreaks])[] = [
  [
    "schema.graphql",
    "GraphQL",
    async ({ name, before, after }) => (await import("@portolan/connectors/graphql")).schemaBreaks(before(name), after(name)),
  ],
  ["mcp-tools.json", "MCP", brokenTools],
  [".wsdl", "WSDL", brokenService],
];

function brokenTools({ name: file, before, after, compare }: Versions): readonly string[] {
  const [known, now]: readonly unknown[] = [JSON.parse(before(file)), JSON.parse(after(file))];
  const tools = offersOf(known, "tools", "name").flatMap(([name, tool]) => {
    const next = offersOf(now, "tools", "name").find(([own]) => own === name)?.[1];
    if (next === undefined) return [`the tool ${name} is gone`];
    const results = tool["outputSchema"] === undefined ? [] : mismatches(compare, next["outputSchema"] ?? true, tool["outputSchema"]);
    return [
      ...mismatches(compare, tool["inputSchema"], next["inputSchema"]).map((words) => `the arguments of the tool ${name}: ${words}`),
      ...results.map((words) => `the result of the tool ${name}: ${words}`),
    ];
  });
  const lost = ([list, key]: readonly [string, string]) => {
    const left = new Set(offersOf(now, list, key).map(([name]) => name));
    return offersOf(known, list, key).flatMap(([name]) => (left.has(name) ? [] : [`the resource ${name} is gone`]));
  };
  return [...tools, ...lost(["resources", "uri"]), ...lost(["resourceTemplates", "uriTemplate"])];
}

function offersOf(document: unknown, list: string, key: string): readonly (readonly [string, JsonSchema])[] {
  const offers = isRecord(document) ? document[list] : undefined;
  return Array.isArray(offers) ? offers.filter(isRecord).map((one) => [String(one[key]), one]) : [];
}

async function brokenService({ name: file, before, after, compare }: Versions): Promise<readonly string[]> {
  const { messagesOfWsdl } = await import("../describe/wsdl-description.ts");
  const [known, now] = await Promise.all([messagesOfWsdl(file, before), messagesOfWsdl(file, after)]);
  return [...known].flatMap(([name, operation]) => {
    const next = now.get(name);
    if (next === undefined) return [`the operation ${name} is gone`];
    return [
      ...mismatches(compare, operation.input, next.input).map((words) => `the request of ${name}: ${words}`),
      ...mismatches(compare, next.output, operation.output).map((words) => `the reply of ${name}: ${words}`),
    ];
  });
}

function mismatches(compare: Compare, found: unknown, expected: unknown): readonly string[] {
  return compare(schema(found), schema(expected), { limits: true }).map(({ path, message }) =>
    path === "" ? message : `${path}: ${message}`,
  );
}

function schema(value: unknown): JsonSchema | boolean {
  return isRecord(value) ? value : value !== false;
}
