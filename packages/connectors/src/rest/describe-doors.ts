import type { ConnectorServices } from "@portolan/core";
import {
  createSchemaCollection,
  standaloneSchema,
  type ApiContent,
  type ApiDocument,
  type ApiOperation,
  type ApiResponse,
  type ApiSchema,
} from "@portolan/formats/openapi";
import { ownSecurity } from "./admission.ts";
import { doorOf, operationNamed, readApi } from "./api-document.ts";
import { versionParameter, withVersion } from "./describe-versions.ts";
import { versionOf } from "./door-version.ts";
import { operationOfDoor, type DescribedDoor } from "./describe-door.ts";

export interface DescribedApp extends Pick<ApiDocument, "title" | "version" | "tags"> {
  readonly doors: readonly DescribedDoor[];
  readonly services: ConnectorServices;
}

/** The API description of an app's doors. Those of a description are described as it does. */
export async function describeDoors({ doors, services, ...head }: DescribedApp): Promise<ApiDocument> {
  const schemas = createSchemaCollection();
  const securitySchemes: Record<string, unknown> = {};
  const operations: ApiOperation[] = [];
  const ids = new Set<string>();
  for (const door of doors) {
    const { api: document, operation: name, credentials } = door.options;
    if (document === undefined && credentials !== undefined) Object.assign(securitySchemes, ownSecurity(credentials).securitySchemes);
    const operation = document === undefined || name === undefined ? operationOfDoor(door, schemas) : await operationOf(document, name);
    const version = versionOf(door.options);
    const earlier = operations.findIndex(({ method, path }) => method === operation.method && path === operation.path);
    const before = operations[earlier];
    if (version !== undefined && before !== undefined) {
      operations[earlier] = withVersion(before, operation, version);
      continue;
    }
    const id = ids.has(operation.id) ? `${operation.method} ${operation.path}` : operation.id;
    ids.add(id);
    operations.push({ ...operation, id, parameters: [...versionParameter(version), ...operation.parameters] });
  }
  return { dialect: "OpenAPI 3.1.1", ...head, servers: [], serverVariables: {}, operations, schemas: schemas.all(), securitySchemes };

  async function operationOf(document: string, name: string): Promise<ApiOperation> {
    const api = await readApi(document, services);
    const operation = operationNamed(api, name, document);
    Object.assign(securitySchemes, api.securitySchemes);
    const path = doorOf(operation, api).place.replaceAll(/\\(.)/g, "$1");
    return withSchemas({ ...operation, path, servers: undefined }, (schema) => schemas.inline(standaloneSchema(schema, api.schemas)));
  }
}

function withSchemas(operation: ApiOperation, read: (schema: ApiSchema) => ApiSchema): ApiOperation {
  const content = (list: readonly ApiContent[]) =>
    list.map((one) => ({
      ...one,
      ...(one.schema === undefined ? {} : { schema: read(one.schema) }),
      ...(one.encoding === undefined ? {} : { encoding: encoding(one.encoding) }),
    }));
  const encoding = (fields: NonNullable<ApiContent["encoding"]>) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, { headers, ...one }]) => [
        name,
        { ...one, ...(headers === undefined ? {} : { headers: headersOf(headers) }) },
      ]),
    );
  const headersOf = (headers: ApiResponse["headers"]) => headers.map((header) => ({ ...header, schema: read(header.schema) }));
  const { parameters, body, responses } = operation;
  return {
    ...operation,
    parameters: parameters.map((one) => ({ ...one, schema: read(one.schema) })),
    ...(body === undefined ? {} : { body: { ...body, content: content(body.content) } }),
    responses: responses.map((one) => ({
      ...one,
      content: content(one.content),
      headers: headersOf(one.headers),
    })),
  };
}
