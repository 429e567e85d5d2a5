import { listNames, type ContractIssue, type ContractResult } from "@portolan/core";
import type { ErrorObject, ValidateFunction } from "ajv";

const MOST = 20;

/** What a compiled schema says of a body. */
export function resultOf(validate: ValidateFunction, body: unknown): ContractResult {
  try {
    return validate(body) ? { body } : { issues: describeIssues(validate.errors ?? []) };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    // Ajv compares maps (`uniqueItems`, `const`, `enum`) by calling these if they are there, and a body may have anything.
    return { issues: [{ path: "", message: "has a field called valueOf or toString in what has to be compared" }] };
  }
}

/** What is wrong with a body, in words. Texts of the body are not quoted: they may be nobody's business. */
export function describeIssues(errors: readonly ErrorObject[]): readonly ContractIssue[] {
  // `if` only repeats what its branch said.
  const issues = errors.filter(({ keyword }) => keyword !== "if").map(describeIssue);
  const more = issues.length - MOST;
  return more > 0 ? [...issues.slice(0, MOST), { path: "", message: `and ${more} more` }] : issues;
}

function describeIssue(error: ErrorObject): ContractIssue {
  const path = dotted(error.instancePath);
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case "required":
    case "dependentRequired":
      return { path: within(path, params["missingProperty"]), message: "is missing" };
    case "additionalProperties":
      return { path: within(path, params["additionalProperty"]), message: "is not expected" };
    case "unevaluatedProperties":
      return { path: within(path, params["unevaluatedProperty"]), message: "is not expected" };
    case "type":
      return { path, message: `expected ${typeNames(params["type"])}, found ${kindOf(error.data)}` };
    case "enum":
      return { path, message: `expected one of ${listNames(valuesOf(params["allowedValues"]))}, found ${kindOf(error.data)}` };
    case "const":
      return { path, message: `expected ${JSON.stringify(params["allowedValue"])}, found ${kindOf(error.data)}` };
    case "format":
      return { path, message: `expected the format ${String(params["format"])}, found ${kindOf(error.data)}` };
    case "pattern":
      return { path, message: `expected a text that matches ${String(params["pattern"])}` };
    case "anyOf":
      return { path, message: "fits none of the alternatives" };
    case "oneOf":
      return {
        path,
        message: params["passingSchemas"] === null ? "fits none of the alternatives" : "fits more than one of the alternatives",
      };
    case "false schema":
      return { path, message: "is not allowed" };
    default:
      return { path, message: `${error.message ?? error.keyword}, found ${kindOf(error.data)}` };
  }
}

/** `/lines/0/a~1b` (RFC 6901) as `lines.0.a/b`. */
function dotted(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
}

function within(path: string, name: unknown): string {
  return path === "" ? String(name) : `${path}.${String(name)}`;
}

const NAMES: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "null",
};

function typeNames(types: unknown): string {
  const names = Array.isArray(types) ? types : String(types).split(",");
  return listNames(names.map((name) => NAMES[String(name)] ?? String(name)));
}

function valuesOf(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.map((value) => JSON.stringify(value)) : [];
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "number") return `the number ${value}`;
  if (typeof value === "string") return value === "" ? "an empty text" : "a text";
  if (typeof value === "object") return "a map";
  return value === undefined ? "nothing" : String(value);
}
