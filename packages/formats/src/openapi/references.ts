import { isRecord } from "@portolan/core";
import { unreadable } from "./unreadable.ts";

/** A part of a document, and the document that its own references start in. */
export interface Part {
  readonly value: unknown;
  readonly file: string;
  /** Where it stands, as a JSON Pointer without `#`. */
  readonly pointer: string;
}

export interface References {
  readonly root: Part;
  /** The part below another; one that is a reference is followed. */
  child(part: Part, key: string | number): Part;
  /** Where a reference that stands in a document leads, followed to its end. */
  find(reference: string, file: string): Part;
}

/** Reads another file of the same description; `file` is relative to the first one. */
export type LoadFile = (file: string) => unknown;

/** How many references in a row are followed: some lead in a circle. */
const MAX_STEPS = 64;

/** Follows references within a document, and to files beside it if these can be loaded. */
export function createReferences(document: unknown, file: string, load: LoadFile | undefined): References {
  const documents = new Map<string, unknown>([[file, document]]);

  function documentOf(name: string, reference: string): unknown {
    if (documents.has(name)) return documents.get(name);
    if (load === undefined || /^[a-z][a-z0-9+.-]*:/i.test(name))
      throw unreadable(`$ref ${reference} leads to another document, which is not fetched`, "put the description into files side by side");
    const found = load(name);
    documents.set(name, found);
    return found;
  }

  function followed(part: Part, steps: number): Part {
    const reference = isRecord(part.value) ? part.value["$ref"] : undefined;
    if (typeof reference !== "string") return part;
    if (steps > MAX_STEPS) throw unreadable(`$ref ${reference} leads in a circle`);
    return found(reference, part.file, steps + 1);
  }

  function found(reference: string, from: string, steps: number): Part {
    const [path = "", fragment = ""] = reference.split("#");
    const name = path === "" ? from : relativeTo(from, path);
    let value = documentOf(name, reference);
    let pointer = "";
    for (const token of pointerTokens(fragment, reference)) {
      // A reference may lead through another one.
      if (isRecord(value) && typeof value["$ref"] === "string" && !Object.hasOwn(value, token)) {
        const through = followed({ value, file: name, pointer }, steps);
        return found(`${relativeName(through.file, name)}#${through.pointer}/${escaped(token)}`, name, steps + 1);
      }
      const holder: unknown = value;
      if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, token))
        throw unreadable(`$ref ${reference} leads nowhere: there is no ${JSON.stringify(token)}`);
      value = (holder as Readonly<Record<string, unknown>>)[token];
      pointer += `/${escaped(token)}`;
    }
    return followed({ value, file: name, pointer }, steps);
  }

  return {
    root: { value: document, file, pointer: "" },
    child: ({ value, file: own, pointer }, key) => {
      // Lists have their items by number, as maps by name.
      const inner = typeof value === "object" && value !== null ? (value as Readonly<Record<string | number, unknown>>)[key] : undefined;
      return followed({ value: inner, file: own, pointer: `${pointer}/${escaped(String(key))}` }, 0);
    },
    find: (reference, from) => found(reference, from, 0),
  };
}

function pointerTokens(fragment: string, reference: string): readonly string[] {
  if (fragment === "") return [];
  if (!fragment.startsWith("/")) throw unreadable(`$ref ${reference} is no JSON Pointer`);
  return fragment
    .slice(1)
    .split("/")
    .map((token) => decoded(token).replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Some people write a percent sign as it is. */
function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

function escaped(token: string): string {
  return encodeURIComponent(token.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function relativeTo(from: string, path: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return path;
  const base = new URL(from, "file:///");
  return new URL(path, base).pathname.slice(1);
}

function relativeName(file: string, from: string): string {
  return file === from ? "" : `/${file}`;
}
