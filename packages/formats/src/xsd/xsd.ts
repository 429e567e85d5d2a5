import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { PortolanError, type ContractCheck, type ContractIssue } from "@portolan/core";
import { ParseOption, XmlDocument, XmlLibError, XsdValidator, xmlCleanupInputProvider, xmlRegisterInputProvider } from "libxml2-wasm";
import { unusable } from "../json-schema/schema-files.ts";
import { createFormat } from "../choice.ts";
import { xmlFormat } from "../xml/xml.ts";

/** Nothing is fetched, and no entity is read from anywhere. */
const SAFE = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;

/**
 * A contract that is an XML Schema 1.0: checks bodies that are XML as text or bytes, and data as the format `xml` reads it. What a schema includes or imports
 * must lie below the app's directory.
 */
export function createXsdCheck(directory: string, path: string): ContractCheck {
  const file = resolve(directory, path);
  const validator = compileSchema(file, { directory, path });
  return {
    check(body) {
      const issues = issuesOf(body, validator);
      return issues.length === 0 ? { body } : { issues };
    },
  };
}

function compileSchema(file: string, { directory, path }: { readonly directory: string; readonly path: string }): XsdValidator {
  const bytes = readSchema(file, path);
  // Registered for as long as the schema is read, and no longer: documents must not read files.
  xmlRegisterInputProvider(filesBelow(directory));
  try {
    using document = XmlDocument.fromBuffer(bytes, { url: file, option: SAFE });
    return XsdValidator.fromDoc(document);
  } catch (cause) {
    if (!(cause instanceof XmlLibError)) throw cause;
    throw unusable(path, { expected: "a valid XML Schema 1.0", found: wordsOf(cause).join("; ") || cause.message.trim(), cause });
  } finally {
    xmlCleanupInputProvider();
  }
}

function readSchema(file: string, path: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw unusable(path, {
      expected: "a readable XML Schema file",
      found: code === "ENOENT" ? `no such file at ${file}` : `${code} at ${file}`,
      cause,
      hint: "paths of contracts start in the app's directory",
    });
  }
}

type InputProvider = Parameters<typeof xmlRegisterInputProvider>[0];

function filesBelow(directory: string): InputProvider {
  const root = resolve(directory);
  const inside = (name: string): string | undefined => {
    const file = resolve(dirname(root), decodeURI(name.replace(/^file:\/\//, "")));
    return relative(root, file).split(sep)[0] === ".." ? undefined : file;
  };
  return {
    match: (name) => inside(name) !== undefined,
    open(name) {
      try {
        return openSync(inside(name) ?? "", "r");
      } catch {
        // libxml2's way to hear that there is no such file; it reports which one, and where it is named.
        return undefined;
      }
    },
    read: (descriptor, buffer) => readSync(descriptor, buffer, 0, buffer.byteLength, null),
    close(descriptor) {
      closeSync(descriptor);
      return true;
    },
  };
}

function issuesOf(body: unknown, validator: XsdValidator): readonly ContractIssue[] {
  try {
    using document = parse(body);
    if (document.dtd !== null) return [{ path: "", message: "XML with a DOCTYPE is refused" }];
    validator.validate(document);
    return [];
  } catch (error) {
    // Data that are no XML at all.
    if (error instanceof PortolanError) return [{ path: "", message: error.message }];
    if (!(error instanceof XmlLibError)) throw error;
    if (error.details.length === 0) return [{ path: "", message: error.message.trim() }];
    return error.details.map(({ message, line, xpath }) => ({ path: pathOf(xpath), message: `${message.trim()}${lineOf(body, line)}` }));
  }
}

function parse(body: unknown): XmlDocument {
  if (body instanceof Uint8Array) return XmlDocument.fromBuffer(body, { option: SAFE });
  if (typeof body === "string") return XmlDocument.fromString(body, { option: SAFE });
  return XmlDocument.fromBuffer(createFormat(xmlFormat).encode(body), { option: SAFE });
}

/** `/orders/line[2]/@sku` as the path of data: `orders.line.1.@sku`. */
function pathOf(xpath = ""): string {
  return xpath
    .split("/")
    .filter((part) => part !== "")
    .flatMap((part) => {
      const [, name = part, index] = /^(.*)\[(\d+)\]$/.exec(part) ?? [];
      return index === undefined ? [name] : [name, String(Number(index) - 1)];
    })
    .join(".");
}

/** Data have no lines. */
function lineOf(body: unknown, line: number): string {
  return typeof body === "string" || body instanceof Uint8Array ? ` (line ${line})` : "";
}

function wordsOf({ details }: XmlLibError): readonly string[] {
  return details.map(({ message, file, line }) => `${message.trim()} (${file === undefined ? "" : `${basename(file)}, `}line ${line})`);
}
