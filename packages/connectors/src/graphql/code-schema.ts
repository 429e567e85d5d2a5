import { GraphQLBoolean, GraphQLObjectType, GraphQLSchema, getNamedType, isObjectType, type GraphQLFieldConfigMap } from "graphql";
import { PortolanError } from "@portolan/core";
import { createContractTypes, type ContractTypes } from "./contract-types.ts";
import { keyFault } from "./federation.ts";
import { fieldConfig, isPlacedField, outputPlace, type FieldDefinition, type PlacedField } from "./field.ts";
import { placeWords } from "./field-place.ts";

type Fields = GraphQLFieldConfigMap<unknown, unknown>;

const ROOTS = ["Query", "Mutation", "Subscription"] as const;

/** A schema has to have queries. */
const NO_QUERY: Fields = { _empty: { type: GraphQLBoolean, description: "No route is a query here.", resolve: () => null } };

/** The schema that the contracts of fields make. Throws PORTOLAN_CONFIG_INVALID if they contradict one another. */
export function schemaOfContracts(fields: readonly FieldDefinition[]): GraphQLSchema {
  const placed = fields.filter(isPlacedField);
  const types = createContractTypes((type) => fieldsOf(placed, type, types));
  const entities = fields.flatMap((field) => (field.place.kind === "entity" ? [entityType(field, types)] : []));
  const [query, mutation, subscription] = ROOTS.map((name) => {
    const own = fieldsOf(placed, name, types);
    if (Object.keys(own).length > 0) return new GraphQLObjectType({ name, fields: own });
    return name === "Query" ? new GraphQLObjectType({ name, fields: NO_QUERY }) : null;
  });
  const schema = new GraphQLSchema({ query, mutation, subscription, types: entities });
  for (const field of placed) checkType(field, schema);
  return schema;
}

function fieldsOf(fields: readonly PlacedField[], type: string, types: ContractTypes): Fields {
  return Object.fromEntries(
    fields.filter(({ place }) => place.type === type).map((field) => [field.place.name, fieldConfig(field, types)]),
  );
}

/** A field of a type that no contract makes would never be asked for. */
function checkType({ place, owner }: PlacedField, schema: GraphQLSchema): void {
  if (isObjectType(schema.getType(place.type))) return;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: there is no type ${place.type} for the field ${placeWords(place)}`, {
    hint: "A contract has the name of its `title`, or of its place under `$defs`.",
  });
}

function entityType(field: FieldDefinition, types: ContractTypes): GraphQLObjectType {
  const { place, owner } = field;
  const output = outputPlace(field);
  const type = output === undefined ? undefined : getNamedType(types.output(output));
  if (isObjectType(type) && type.name === place.type) {
    const [fault] = (place.kind === "entity" ? place.keys : []).flatMap((key) => keyFault(type, key) ?? []);
    if (fault === undefined) return type;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: the key of the entity: ${fault}`);
  }
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: its output is ${type?.name ?? "without a contract"}, not ${place.type}`, {
    hint: `Give the route an output contract with the title ${place.type}, whose properties are the fields of the entity.`,
  });
}
