import { PortolanError, listNames, type ConnectorServices, type Finding, type PlacedSource, type PlacedTarget } from "@portolan/core";
import { describedFields, type DescribedField } from "./described-fields.ts";
import type { doorOptions } from "./options.ts";
import { createServedSchema, unansweredPlaces } from "./served-schema.ts";
import { writtenSchema } from "./written-schema.ts";

/** What of the fields of each path makes no schema, and fields of a written one that nothing answers. */
export async function findings(
  sources: readonly PlacedSource<typeof doorOptions>[],
  services: ConnectorServices,
  targets: readonly PlacedTarget[],
): Promise<readonly Finding[]> {
  const fields = await describedFields(sources, targets, services);
  const byPath = Map.groupBy(fields, ({ options }) => options.path);
  return [...byPath.values()].flatMap((own) => findingsOf(own, services));
}

function findingsOf(fields: readonly DescribedField[], services: ConnectorServices): readonly Finding[] {
  const [first] = fields;
  if (first === undefined) return [];
  const { schema: file } = first.options;
  try {
    const written = writtenSchema(file, services);
    const served = createServedSchema(
      fields.map(({ field }) => field),
      written?.read,
    );
    const missing = unansweredPlaces(
      fields.map(({ field }) => field),
      served,
    );
    if (file === undefined || missing.length === 0 || fields.some(({ options }) => options.unrouted === "ignore")) return [];
    return [
      {
        ...placed(first),
        message: `${file} has ${missing.length === 1 ? "a field" : `${missing.length} fields`} that nothing answers: ${listNames(missing.slice(0, 20))}`,
        expected: "a route or a target for each field of the root types, and a route for each entity",
        hint: `begin a route with graphql: { schema: ${file}, field: ${missing[0]} }, or say unrouted: ignore`,
      },
    ];
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return [{ ...placed(first), message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }];
  }
}

function placed({ placed: { path, place } }: DescribedField): Pick<Finding, "path" | "place"> {
  return { path, ...(place === undefined ? {} : { place }) };
}
