import { isRecord } from "@portolan/core";
import type { ApiContent, ApiOperation, ApiParameter, ApiResponse } from "@portolan/formats/openapi";
import type { DoorVersion } from "@portolan/gateway";

/** The parameter that names a version. Where media types do, there is none. */
export function versionParameter(version: DoorVersion | undefined): readonly ApiParameter[] {
  if (version === undefined) return [];
  const { name: value, by, isDefault } = version;
  const name = by.header ?? by.query;
  if (name === undefined) return [];
  const schema = { type: "string", enum: [value], ...(isDefault ? { default: value } : {}) };
  return [{ name, in: by.header === undefined ? "query" : "header", required: !isDefault, description: "The version.", schema }];
}

/** One operation for two versions: OpenAPI has one for each method and path. What they say differently is either of it. */
export function withVersion(before: ApiOperation, added: ApiOperation, version: DoorVersion): ApiOperation {
  const parameters = [...versionParameter(version), ...added.parameters];
  const names = new Set([...before.parameters, ...parameters].map((one) => `${one.in} ${one.name}`));
  const statuses = new Set([...before.responses, ...added.responses].map(({ status }) => status));
  const body = before.body ?? added.body;
  return {
    ...(version.isDefault ? added : before),
    id: before.id,
    tags: [...new Set([...before.tags, ...added.tags])],
    deprecated: before.deprecated && added.deprecated,
    parameters: [...names].flatMap((name) => {
      const isIt = (one: ApiParameter) => `${one.in} ${one.name}` === name;
      return parameterOf(before.parameters.find(isIt), parameters.find(isIt), name.endsWith(` ${version.by.header ?? version.by.query}`));
    }),
    ...(body === undefined
      ? {}
      : {
          body: {
            ...body,
            required: before.body?.required === true && added.body?.required === true,
            content: contentOf(before.body?.content ?? [], added.body?.content ?? []),
          },
        }),
    responses: [...statuses].flatMap((status) => {
      const isIt = (one: ApiResponse) => one.status === status;
      const [one, other] = [before.responses.find(isIt), added.responses.find(isIt)];
      const first = one ?? other;
      return first === undefined ? [] : [{ ...first, content: contentOf(one?.content ?? [], other?.content ?? []) }];
    }),
  };
}

function parameterOf(one: ApiParameter | undefined, other: ApiParameter | undefined, isVersion: boolean): readonly ApiParameter[] {
  if (one === undefined || other === undefined) return [one, other].flatMap((only) => (only ? [{ ...only, required: false }] : []));
  const required = one.required && other.required;
  if (!isVersion || !isRecord(one.schema) || !isRecord(other.schema))
    return [{ ...one, required, schema: either(one.schema, other.schema) }];
  const values = [one, other].flatMap(({ schema }) =>
    isRecord(schema) && Array.isArray(schema["enum"]) ? (schema["enum"] as unknown[]) : [],
  );
  return [{ ...one, required, schema: { ...one.schema, ...other.schema, enum: values } }];
}

function contentOf(before: readonly ApiContent[], added: readonly ApiContent[]): readonly ApiContent[] {
  const types = new Set([...before, ...added].map(({ mediaType }) => mediaType));
  return [...types].flatMap((type) => {
    const [one, other] = [before, added].map((list) => list.find(({ mediaType }) => mediaType === type));
    if (one === undefined || other === undefined) return [one, other].flatMap((only) => only ?? []);
    const examples = [...one.examples, ...other.examples].map(({ value }, index) => ({ name: `example${index + 1}`, value }));
    const schema = one.schema === undefined || other.schema === undefined ? true : either(one.schema, other.schema);
    return [{ ...one, schema, examples: JSON.stringify(one) === JSON.stringify(other) ? one.examples : examples }];
  });
}

type Schema = ApiParameter["schema"];

function either(one: Schema, other: Schema): Schema {
  const known: readonly unknown[] = isRecord(one) && Object.keys(one).length === 1 && Array.isArray(one["anyOf"]) ? one["anyOf"] : [one];
  return known.some((each) => JSON.stringify(each) === JSON.stringify(other)) ? one : { anyOf: [...known, other] };
}
