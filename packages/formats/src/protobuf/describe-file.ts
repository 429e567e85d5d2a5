import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import type { Enum, Field, MapField, Namespace, NamespaceBase, ReflectionObject, Root, Type } from "protobufjs";
import { loadProtobufjs } from "./load-protobuf.ts";
import { protoFault } from "./proto-fault.ts";

type FileInit = MessageInitShape<typeof FileDescriptorProtoSchema>;
type MessageInit = MessageInitShape<typeof DescriptorProtoSchema>;
type EnumInit = MessageInitShape<typeof EnumDescriptorProtoSchema>;
type FieldInit = MessageInitShape<typeof FieldDescriptorProtoSchema>;

/** Numbers of descriptor.proto. */
const SCALARS: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const MESSAGE = 11;
const ENUM = 14;
const OPTIONAL = 1;
const REQUIRED = 2;
const REPEATED = 3;

/** The descriptor of one file, of what the parser has read of it. Services and extensions are left out: messages are what is read and written. */
export function describeFile(
  root: Root,
  file: { readonly name: string; readonly package: string; readonly imports: readonly string[]; readonly syntax: string },
): FileInit {
  const { Enum: EnumClass, Type: TypeClass } = loadProtobufjs();
  const own = topLevel(root, file.name);
  return {
    name: file.name,
    package: file.package,
    syntax: file.syntax,
    dependency: [...file.imports],
    messageType: own.filter((one) => one instanceof TypeClass).map((type) => describeMessage(type)),
    enumType: own.filter((one) => one instanceof EnumClass).map((one) => describeEnum(one)),
  };
}

function topLevel(parent: NamespaceBase, file: string): readonly ReflectionObject[] {
  const { Enum: EnumClass, Type: TypeClass, Namespace: NamespaceClass } = loadProtobufjs();
  return parent.nestedArray.flatMap((one): readonly ReflectionObject[] => {
    if (one instanceof TypeClass || one instanceof EnumClass) return one.filename === file ? [one] : [];
    return one instanceof NamespaceClass ? topLevel(one as Namespace, file) : [];
  });
}

function describeMessage(type: Type): MessageInit {
  const { Enum: EnumClass, Type: TypeClass } = loadProtobufjs();
  // Those of optional fields stand behind all others.
  const oneofs = type.oneofsArray.toSorted((one, other) => Number(one.isProto3Optional) - Number(other.isProto3Optional));
  // The library's types do not know that fields may be such.
  const maps = type.fieldsArray.filter(({ map }) => map).map((field) => field as unknown as MapField);
  return {
    name: type.name,
    field: type.fieldsArray.map((field) =>
      describeField(
        field,
        oneofs.findIndex(({ name }) => name === field.partOf?.name),
      ),
    ),
    oneofDecl: oneofs.map(({ name }) => ({ name })),
    nestedType: [
      ...type.nestedArray.filter((one) => one instanceof TypeClass).map((one) => describeMessage(one)),
      ...maps.map((field) => describeEntry(field)),
    ],
    enumType: type.nestedArray.filter((one) => one instanceof EnumClass).map((one) => describeEnum(one)),
  };
}

/** The largest number that a tag has room for. */
const MOST = 2 ** 29 - 1;

function describeField(field: Field, oneofIndex: number): FieldInit {
  if (!Number.isInteger(field.id) || field.id < 1 || field.id > MOST)
    throw protoFault(`the field ${field.fullName.slice(1)} has the number ${field.id}: expected 1 to ${MOST}`);
  const packed: unknown = field.options?.["packed"];
  return {
    name: field.name,
    number: field.id,
    jsonName: field.jsonName ?? field.name,
    label: field.repeated || field.map ? REPEATED : field.required ? REQUIRED : OPTIONAL,
    ...(field.map ? { type: MESSAGE, typeName: `${field.parent?.fullName ?? ""}.${entryName(field)}` } : typeOf(field)),
    ...(oneofIndex < 0 ? {} : { oneofIndex }),
    ...(field.options?.["proto3_optional"] === true ? { proto3Optional: true } : {}),
    ...(typeof packed === "boolean" ? { options: { packed } } : {}),
  };
}

/** A map is a list of messages of a name and a value. */
function describeEntry(field: MapField): MessageInit {
  return {
    name: entryName(field),
    field: [
      { name: "key", number: 1, jsonName: "key", label: OPTIONAL, type: SCALARS[field.keyType] ?? 0 },
      { name: "value", number: 2, jsonName: "value", label: OPTIONAL, ...typeOf(field) },
    ],
    options: { mapEntry: true },
  };
}

function entryName({ name }: Pick<Field, "name">): string {
  const camel = name.replace(/_+([A-Za-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Entry`;
}

function typeOf({ type, resolvedType }: Pick<Field, "type" | "resolvedType">): { type: number; typeName?: string } {
  const { Enum: EnumClass } = loadProtobufjs();
  if (resolvedType === null) return { type: SCALARS[type] ?? 0 };
  return { type: resolvedType instanceof EnumClass ? ENUM : MESSAGE, typeName: resolvedType.fullName };
}

function describeEnum({ name, values }: Enum): EnumInit {
  const entries = Object.entries(values).map(([symbol, number]) => ({ name: symbol, number }));
  const wrong = entries.find(({ number }) => (number | 0) !== number);
  if (wrong !== undefined) throw protoFault(`${wrong.name} has the number ${wrong.number}: expected a whole number of 32 bits`);
  const hasAliases = new Set(entries.map(({ number }) => number)).size < entries.length;
  return { name, value: entries, ...(hasAliases ? { options: { allowAlias: true } } : {}) };
}
