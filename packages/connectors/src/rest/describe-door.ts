import { isRecord, type ContractCheck, type JsonSchema } from "@portolan/core";
import {
  standaloneSchema,
  type ApiOperation,
  type ApiParameter,
  type ApiResponse,
  type ApiSchema,
  type SchemaCollection,
} from "@portolan/formats/openapi";
import { pathParameters } from "@portolan/gateway";
import type { DoorOptions } from "./options.ts";
import { ownSecurity } from "./admission.ts";
import { contentExamples, examplesOf, schemaExamples } from "./contract-examples.ts";
import { requiredOperation } from "./rest-method.ts";

/** A door of an app, with what its route says. */
export interface DescribedDoor {
  readonly options: DoorOptions;
  readonly route: string;
  readonly title?: string | undefined;
  readonly note?: string | undefined;
  readonly tags: readonly string[];
  readonly input?: ContractCheck | undefined;
  readonly output?: ContractCheck | undefined;
  /** The contracts of the door's own parameters, compiled. */
  readonly parameters: Readonly<Partial<Record<"path" | "query" | "headers", ContractCheck | undefined>>>;
}

/** RFC 9457, with the members of our own. */
const PROBLEM: JsonSchema = {
  title: "Problem",
  type: "object",
  properties: {
    type: { type: "string", format: "uri-reference" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string", format: "uri-reference" },
    code: { type: "string" },
    kind: { enum: ["transient", "invalid", "rejected", "defect"] },
    errors: {
      type: "array",
      items: { type: "object", properties: { detail: { type: "string" }, pointer: { type: "string" } }, required: ["detail", "pointer"] },
    },
  },
  required: ["type", "title", "status"],
};

const ACCEPTED: JsonSchema = { title: "Accepted", type: "object", properties: { id: { type: "string" } }, required: ["id"] };

/** A door that has no description, by its options and its route's contracts. */
export function operationOfDoor(door: DescribedDoor, schemas: SchemaCollection): ApiOperation {
  const { options, route, title, note, tags, input } = door;
  const { method, place, hasBody } = requiredOperation(options);
  const schema = hasBody && input !== undefined ? schemas.named(input.jsonSchema ?? true, `${route}Input`) : true;
  const content = (options.consumes ?? ["application/json"]).map((mediaType) => ({
    mediaType,
    schema,
    examples: contentExamples(examplesOf(input), mediaType),
  }));
  return {
    id: route,
    method,
    // What stands for the rest of a path has no word in OpenAPI.
    path: place
      .replaceAll(/(\\\\.)|:([^/]+)/g, (_all, escaped?: string, name?: string) => (escaped === undefined ? `{${name}}` : escaped.slice(1)))
      .replace(/\*$/, "{rest}"),
    summary: title,
    description: note,
    tags,
    deprecated: false,
    parameters: parametersOf(door, { place, hasBody }, schemas),
    ...(hasBody ? { body: { required: input !== undefined, content } } : {}),
    responses: responsesOf(door, schemas),
    security: options.credentials === undefined ? [] : ownSecurity(options.credentials).security,
  };
}

function parametersOf(
  { options, input, parameters }: DescribedDoor,
  { place, hasBody }: { readonly place: string; readonly hasBody: boolean },
  schemas: SchemaCollection,
): readonly ApiParameter[] {
  const inPath = pathParameters(place).map((name) => (name === "*" ? "rest" : name));
  // The body of a request without one is the map of its parameters.
  const own = hasBody ? new Map<string, Property>() : propertiesOf(input, schemas);
  const [path, query, headers] = [
    propertiesOf(parameters.path, schemas),
    propertiesOf(parameters.query, schemas),
    propertiesOf(parameters.headers, schemas),
  ];
  const others = new Map([...own, ...query].filter(([name]) => !inPath.includes(name)));
  const keyed = options.keepHeaders.filter((name) => !headers.has(name.toLowerCase()));
  return [
    ...inPath.map((name): ApiParameter => ({
      name,
      in: "path",
      schema: { type: "string" },
      ...(path.get(name) ?? own.get(name)),
      required: true,
    })),
    ...[...others].map(([name, one]): ApiParameter => ({ name, in: "query", ...one })),
    ...[...headers].map(([name, one]): ApiParameter => ({ name, in: "header", ...one })),
    ...keyed.map((name): ApiParameter => ({ name, in: "header", required: false, schema: { type: "string" } })),
  ];
}

type Property = Pick<ApiParameter, "schema" | "required" | "example">;

/** The fields of a contract as parameters. The example of one is its own, or that in the first example of all of them. */
function propertiesOf(contract: ContractCheck | undefined, schemas: SchemaCollection): ReadonlyMap<string, Property> {
  const schema = contract?.jsonSchema;
  if (!isRecord(schema) || !isRecord(schema["properties"])) return new Map();
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const definitions = { ...record(schema["definitions"]), ...record(schema["$defs"]) } as Readonly<Record<string, ApiSchema>>;
  const [all] = examplesOf(contract);
  return new Map(
    Object.entries(schema["properties"]).map(([name, part]): [string, Property] => {
      const own = isRecord(part) ? part : true;
      const [example = record(all)[name]] = schemaExamples(own, schema);
      const shown = schemas.inline(standaloneSchema(own, definitions));
      return [name, { schema: shown, required: required.includes(name), ...(example === undefined ? {} : { example }) }];
    }),
  );
}

function record(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}

function responsesOf({ options, route, output }: DescribedDoor, schemas: SchemaCollection): readonly ApiResponse[] {
  const accepts = options.mode === "accept";
  const status = options.status ?? (accepts ? 202 : 200);
  const schema = accepts ? schemas.named(ACCEPTED, "Accepted") : schemas.named(output?.jsonSchema ?? true, `${route}Output`);
  const types = (accepts ? undefined : options.produces) ?? ["application/json"];
  const examples = accepts ? [] : examplesOf(output);
  const description = accepts ? "Accepted: it is processed later." : "The result.";
  const problem = { mediaType: "application/problem+json", schema: schemas.named(PROBLEM, "Problem"), examples: [] };
  return [
    {
      status: String(status),
      description,
      content:
        status === 204 || status === 205
          ? []
          : types.map((mediaType) => ({ mediaType, schema, examples: contentExamples(examples, mediaType) })),
      headers: [],
    },
    { status: "4XX", description: "The request is at fault.", content: [problem], headers: [] },
    { status: "5XX", description: "A fault on this side, or of a system behind it.", content: [problem], headers: [] },
  ];
}
