import { resolve } from "node:path";
import { isStandardSchema, standardCheck } from "@portolan/core";
import type { Contract, ContractCheck, ContractCompiler } from "@portolan/core";
import { compareSchemas } from "./compare.ts";
import { readAvroContract } from "../avro-schema/avro-contract.ts";
import { readProtoContract } from "../proto/proto-contract.ts";
import { resultOf } from "./issues.ts";
import { createSchemaCompiler } from "./schema-compiler.ts";
import { type JsonSchemaDocument, readSchemaFile, unusable } from "./schema-files.ts";

type StandardSchema = Parameters<typeof standardCheck>[0];

/** What a value offers that implements Standard JSON Schema. */
interface JsonSchemaConverter {
  input(options: { readonly target: "draft-2020-12" }): Readonly<Record<string, unknown>>;
}

export interface ContractsOptions {
  /** Paths of contracts start here. */
  readonly directory: string;
  /** The check of an XML Schema file; left out where none is named, since its library is large. */
  readonly xsd?: ((directory: string, path: string) => ContractCheck) | undefined;
}

/**
 * Compiles contracts: Standard Schema values, JSON Schemas (2020-12, or draft-07 where `$schema` says so), and paths of
 * JSON Schema files, whose relative `$ref`s are read, too. The same schema is compiled once. One that cannot be used
 * throws PORTOLAN_CONFIG_INVALID.
 */
export function createContracts({ directory, xsd }: ContractsOptions): ContractCompiler {
  const compiler = createSchemaCompiler();
  const byIdentity = new WeakMap<object, ContractCheck>();
  const byFile = new Map<string, ContractCheck>();

  function schemaCheck(jsonSchema: JsonSchemaDocument, file?: string): ContractCheck {
    const compiled = compiler.compile(jsonSchema, file);
    return {
      check(body) {
        const validate = compiled();
        return resultOf(validate, body);
      },
      jsonSchema,
    };
  }

  function fileCheck(path: string): ContractCheck {
    if (/\.xsd$/i.test(path)) return xsdCheck(path);
    if (/\.avsc$/i.test(path)) return shownAs(path, () => readAvroContract(resolve(directory, path), path));
    if (/\.proto(?:#|$)/i.test(path)) return shownAs(path, () => readProtoContract(path, directory));
    const { file, schema } = readSchemaFile(directory, path);
    const known = byFile.get(file) ?? schemaCheck(schema, file);
    byFile.set(file, known);
    return known;
  }

  /** A schema of other data by the JSON Schema of what their format reads. */
  function shownAs(path: string, read: () => JsonSchemaDocument): ContractCheck {
    const known = byFile.get(path) ?? schemaCheck(read());
    byFile.set(path, known);
    return known;
  }

  function xsdCheck(path: string): ContractCheck {
    if (xsd === undefined) throw unusable(path, { expected: "a JSON Schema", found: "an XML Schema, which cannot be read here" });
    const known = byFile.get(path) ?? xsd(directory, path);
    byFile.set(path, known);
    return known;
  }

  function shared(identity: object, make: () => ContractCheck): ContractCheck {
    const known = byIdentity.get(identity) ?? make();
    byIdentity.set(identity, known);
    return known;
  }

  return {
    compile(contract: Contract) {
      if (isStandardSchema(contract)) return shared(contract, () => standardWithSchema(contract));
      if ("path" in contract) return fileCheck(contract.path);
      const { jsonSchema } = contract;
      return typeof jsonSchema === "boolean" ? schemaCheck(jsonSchema) : shared(jsonSchema, () => schemaCheck(jsonSchema));
    },
    compare: compareSchemas,
  };
}

function standardWithSchema(schema: StandardSchema): ContractCheck {
  const jsonSchema = standardJsonSchema(schema["~standard"]);
  const check = standardCheck(schema);
  return jsonSchema === undefined ? check : { ...check, jsonSchema };
}

/** The JSON Schema of what a value accepts, if it implements Standard JSON Schema and can express it. */
function standardJsonSchema(standard: object): Readonly<Record<string, unknown>> | undefined {
  if (!("jsonSchema" in standard) || standard.jsonSchema === undefined) return undefined;
  try {
    // The standard fixes the shape of its property.
    return (standard.jsonSchema as JsonSchemaConverter).input({ target: "draft-2020-12" });
  } catch {
    // The standard's way to say that there is none; the value itself still checks bodies.
    return undefined;
  }
}
