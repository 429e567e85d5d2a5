import {
  DEFAULT_DEPRECATION_REASON,
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
  type GraphQLFieldConfigMap,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLNullableInputType,
  type GraphQLNullableOutputType,
  type GraphQLOutputType,
} from "graphql";
import { PortolanError, isRecord } from "@portolan/core";
import { jsonScalar } from "./json-scalar.ts";
import { capital, describeSchema, type Described, type Property, type SchemaPlace } from "./schema-shape.ts";

/** The types of one schema. The same contract makes one type, however many routes have it. */
export interface ContractTypes {
  output(place: SchemaPlace): GraphQLOutputType;
  input(place: SchemaPlace): GraphQLInputType;
}

const SCALARS = {
  String: GraphQLString,
  Int: GraphQLInt,
  Float: GraphQLFloat,
  Boolean: GraphQLBoolean,
  JSON: jsonScalar,
} as const;

/** Names that contracts cannot give to types of theirs. */
const TAKEN = new Set(["Query", "Mutation", "Subscription", "ID", ...Object.keys(SCALARS)]);

/** `more` are the fields that an object type has beside those of its contract. */
export function createContractTypes(more: (type: string) => GraphQLFieldConfigMap<unknown, unknown> = () => ({})): ContractTypes {
  const named = new Map<string, { readonly content: string; readonly type: GraphQLNamedType }>();

  /** The type of this name. Two contracts that give one name to different things are told so. */
  const typeNamed = <Type extends GraphQLNamedType>(name: string, content: string, make: () => Type): Type => {
    const known = named.get(name);
    if (known === undefined && !TAKEN.has(name)) {
      const type = make();
      named.set(name, { content, type });
      return type;
    }
    // Of the same content, so it was made by the same `make`.
    if (known?.content === content) return known.type as Type;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `two different GraphQL types would have the name ${name}`, {
      hint: "Give one of the contracts another title.",
    });
  };

  const enumType = (values: readonly string[], { name, description }: Described): GraphQLEnumType =>
    typeNamed(name, JSON.stringify(values), () => {
      return new GraphQLEnumType({ name, description, values: Object.fromEntries(values.map((value) => [value, { value }])) });
    });

  const outputOf = (place: SchemaPlace, described: Described): GraphQLNullableOutputType => {
    const { shape, name, description } = described;
    switch (shape.kind) {
      case "scalar":
        return SCALARS[shape.scalar];
      case "enum":
        return enumType(shape.values, described);
      case "list":
        return new GraphQLList(output(shape.item));
      case "object":
        return typeNamed(name, contentOf(described, place), () => {
          return new GraphQLObjectType({
            name,
            description,
            fields: () => ({
              ...Object.fromEntries(shape.properties.map((one) => [one.name, { type: outputOfProperty(one), ...wordsOf(one) }])),
              ...more(name),
            }),
          });
        });
      default:
        return shape satisfies never;
    }
  };
  const output = (place: SchemaPlace): GraphQLOutputType => {
    const described = describeSchema(place);
    const type = outputOf(place, described);
    return described.isNullable ? type : new GraphQLNonNull(type);
  };
  const outputOfProperty = (property: Property): GraphQLOutputType => {
    const described = describeSchema(property.place);
    const type = isId(property, described) ? GraphQLID : outputOf(property.place, described);
    return property.isRequired && !described.isNullable ? new GraphQLNonNull(type) : type;
  };

  const inputOf = (place: SchemaPlace, described: Described): GraphQLNullableInputType => {
    const { shape, description } = described;
    const name = described.name.endsWith("Input") ? described.name : `${described.name}Input`;
    switch (shape.kind) {
      case "scalar":
        return SCALARS[shape.scalar];
      case "enum":
        return enumType(shape.values, described);
      case "list":
        return new GraphQLList(input(shape.item));
      case "object":
        return typeNamed(name, contentOf(described, place), () => {
          return new GraphQLInputObjectType({
            name,
            description,
            fields: () => Object.fromEntries(shape.properties.map((one) => [one.name, { type: inputOfProperty(one), ...wordsOf(one) }])),
          });
        });
      default:
        return shape satisfies never;
    }
  };
  const input = (place: SchemaPlace): GraphQLInputType => {
    const described = describeSchema(place);
    const type = inputOf(place, described);
    return described.isNullable ? type : new GraphQLNonNull(type);
  };
  const inputOfProperty = (property: Property): GraphQLInputType => {
    const described = describeSchema(property.place);
    const type = isId(property, described) ? GraphQLID : inputOf(property.place, described);
    return property.isRequired && !described.isNullable ? new GraphQLNonNull(type) : type;
  };

  return { output, input };
}

/** The types of the properties of a contract, as arguments; undefined if it is none of an object. */
export function argumentsOf(types: ContractTypes, place: SchemaPlace): Record<string, { readonly type: GraphQLInputType }> | undefined {
  const { shape } = describeSchema(place);
  if (shape.kind !== "object") return undefined;
  return Object.fromEntries(
    shape.properties.map((property) => {
      const isText = isId(property, describeSchema(property.place));
      const type = isText ? new GraphQLNonNull(GraphQLID) : types.input(property.place);
      const isOptional = !property.isRequired && type instanceof GraphQLNonNull;
      return [property.name, { type: isOptional ? type.ofType : type }];
    }),
  );
}

/** A text under the name `id` is what GraphQL calls an ID. */
function isId(property: Property, { shape }: Described): boolean {
  return property.name === "id" && shape.kind === "scalar" && shape.scalar === "String";
}

function wordsOf(property: Property): { readonly description?: string; readonly deprecationReason?: string } {
  const { description, schema } = describeSchema(property.place);
  // What a caller has to give cannot be deprecated.
  const isDeprecated = !property.isRequired && isRecord(schema) && schema["deprecated"] === true;
  return {
    ...(description === undefined ? {} : { description }),
    ...(isDeprecated ? { deprecationReason: DEFAULT_DEPRECATION_REASON } : {}),
  };
}

/** What makes two object types the same: the schema, and what its references lead to. */
function contentOf({ schema }: Described, { root }: SchemaPlace): string {
  const text = JSON.stringify(schema);
  return text.includes('"$ref"') ? text + JSON.stringify(root) : text;
}

export function typeNameOf(field: string): string {
  return capital(field);
}
