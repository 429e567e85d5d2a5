import { isRecord, type ContractCheck, type JsonSchema, type RouteDefinition } from "@portolan/core";
import { fieldRequests, type FieldRequest } from "@portolan/connectors/graphql";
import { createSchemaCollection } from "@portolan/formats/openapi";
import { contractPaths, type LoadedApp } from "@portolan/host";
import type { ContractAnswer, ContractOperation } from "@portolan/testkit/contract";
import type { AppDocument } from "../docs/app-documents.ts";
import { platform } from "../platform.ts";

/** The fields of an app's GraphQL endpoints: variables have to follow the schema and the contract of the route, answers the schema. */
export async function graphqlOperations(app: LoadedApp, documents: readonly AppDocument[]): Promise<readonly ContractOperation[]> {
  const { routes } = app.definition;
  const contracts = await platform.contracts(app.directory, contractPaths(app.definition));
  const doors = routes.flatMap((route) =>
    route.from.flatMap((source) =>
      source.kind === "connector" && source.connector.name === "graphql" ? [{ route, options: source.options }] : [],
    ),
  );
  const operations = documents.map(async ({ name, content, path }) => {
    if (path === undefined || !name.endsWith("schema.graphql")) return [];
    return (await fieldRequests(String(content))).map((field) => {
      const door = doors.find(({ options, route }) => options["path"] === path && nameOf(options[field.operation], route) === field.name);
      const input = door?.route.input === undefined ? undefined : contracts.compile(door.route.input);
      const answers = contracts.compile({ jsonSchema: { type: "object", required: ["data"], properties: { data: field.data } } });
      return operationOf(path, field, { input, answers });
    });
  });
  return (await Promise.all(operations)).flat();
}

function nameOf(option: unknown, { id }: RouteDefinition): unknown {
  return option === true ? id : option;
}

function operationOf(path: string, field: FieldRequest, { input, answers }: Contracts): ContractOperation {
  const { schema, argumentsOf } = variablesOf(field, input);
  const check: ContractCheck = {
    check(body) {
      if (!isRecord(body) || body["query"] !== field.document) return { issues: [{ path: "", message: "it is another request" }] };
      const found = field.coerce(body["variables"] ?? {});
      if ("issues" in found) return { issues: found.issues.map((message) => ({ path: "variables", message })) };
      return input === undefined ? { body } : input.check(argumentsOf(found.values));
    },
  };
  const body = { type: "object", required: ["query"], properties: { query: { const: field.document }, variables: schema } };
  const whole = isRecord(schema["$defs"]) ? { ...body, $defs: schema["$defs"] } : body;
  const any = { headers: [], content: [{ mediaType: "application/*" }] };
  return {
    id: `${field.operation} ${field.name}`,
    title: `${field.operation} ${field.name} at ${path}`,
    method: "POST",
    path,
    parameters: [],
    body: { required: true, content: [{ mediaType: "application/json", schema: whole, check, examples: [] }] },
    responses: [
      { status: "200", headers: [], content: [{ mediaType: "application/*", check: answers }] },
      { status: "4XX", ...any },
      { status: "5XX", ...any },
    ],
    protocol: { interpret },
  };
}

interface Contracts {
  readonly input: ContractCheck | undefined;
  readonly answers: ContractCheck;
}

/** A contract is that of the argument `input`, or of all arguments together. */
function variablesOf(
  { variables }: FieldRequest,
  input: ContractCheck | undefined,
): { readonly schema: JsonSchema; readonly argumentsOf: (values: JsonSchema) => unknown } {
  const names = Object.keys(isRecord(variables["properties"]) ? variables["properties"] : {});
  const contract = input?.jsonSchema;
  const own = isRecord(contract) && isRecord(contract["properties"]) ? contract["properties"] : {};
  const isOne = names.length === 1 && names[0] === "input" && !("input" in own);
  const argumentsOf = (values: JsonSchema): unknown => (isOne ? values["input"] : values);
  if (contract === undefined) return { schema: variables, argumentsOf };
  const schemas = createSchemaCollection();
  const named = schemas.named(contract, "Contract");
  return { schema: { allOf: [variables, isOne ? { properties: { input: named } } : named], $defs: schemas.all() }, argumentsOf };
}

/** GraphQL answers 200 to what failed, too; the error says what HTTP would. */
function interpret(answer: ContractAnswer): ContractAnswer {
  if (answer.status !== 200) return answer;
  let body: unknown;
  try {
    body = JSON.parse(answer.body);
  } catch {
    return answer; // that it is no JSON is told of the answer itself
  }
  const [error]: readonly unknown[] = isRecord(body) && Array.isArray(body["errors"]) ? body["errors"] : [];
  if (error === undefined) return answer;
  const extensions = isRecord(error) && isRecord(error["extensions"]) ? error["extensions"] : {};
  const { status, code } = extensions;
  const isRequest = typeof code === "string" && /^(GRAPHQL_|BAD_)/.test(code);
  return { ...answer, status: typeof status === "number" ? status : isRequest ? 400 : 500 };
}
