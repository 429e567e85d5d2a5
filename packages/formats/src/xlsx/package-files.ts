import { createFormat } from "../choice.ts";
import { formatInvalid } from "../format-invalid.ts";
import { xmlFormat } from "../xml/xml.ts";
import { readZip, type ZipLimits } from "../zip/read-zip.ts";

const NAMESPACES = {
  "": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
  r: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
};
const RELATIONSHIPS = { "": "http://schemas.openxmlformats.org/package/2006/relationships" };
const LISTS = ["row", "c", "si", "r", "sheet", "xf", "numFmt", "Relationship"];

/** The XML files of a workbook as data. */
export interface PackageFiles {
  /** Undefined if there is no such file. With `records` the list of the elements of that path. */
  read(name: string, records?: string): unknown;
  /** Where the file of a relationship is, by its id. */
  relationships(name: string): ReadonlyMap<string, { readonly type: string; readonly target: string }>;
}

export function openPackage(bytes: Uint8Array, limits: ZipLimits): PackageFiles {
  const isWanted = (name: string) => /\.(?:xml|rels)$/i.test(name);
  const files = new Map(readZip(bytes, { ...limits, isWanted }).map(({ name, content }) => [name, content]));

  function parse(name: string, namespaces: Readonly<Record<string, string>>, records?: string): unknown {
    const content = files.get(name);
    if (content === undefined) return undefined;
    const format = createFormat(xmlFormat, {
      namespaces,
      lists: LISTS,
      maxBytes: limits.maxBytes,
      ...(records === undefined ? {} : { records }),
    });
    try {
      return format.decode(content);
    } catch (cause) {
      throw formatInvalid(`XLSX is not valid: ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  return {
    read: (name, records) => parse(name, NAMESPACES, records),
    relationships(name) {
      const slash = name.lastIndexOf("/") + 1;
      const folder = name.slice(0, slash);
      const found = listAt(parse(`${folder}_rels/${name.slice(slash)}.rels`, RELATIONSHIPS), "Relationships", "Relationship");
      return new Map(
        found.map((one) => {
          const target = textAt(one, "@Target");
          return [textAt(one, "@Id"), { type: textAt(one, "@Type"), target: target.startsWith("/") ? target.slice(1) : folder + target }];
        }),
      );
    },
  };
}

/** What is at a path of names; undefined where there is nothing. */
export function dataAt(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path)
    found =
      typeof found === "object" && found !== null && Object.hasOwn(found, name)
        ? (found as Readonly<Record<string, unknown>>)[name]
        : undefined;
  return found;
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = dataAt(value, ...path);
  return Array.isArray(found) ? found : found === undefined ? [] : [found];
}

/** The text of an element or attribute; empty where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = dataAt(value, ...path);
  if (typeof found === "string") return found;
  const inner = dataAt(found, "#text");
  return typeof inner === "string" ? inner : "";
}
