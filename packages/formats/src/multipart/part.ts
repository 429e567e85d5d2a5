/** One part of a multipart body: the names of headers are in lower case. */
export interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Uint8Array;
}

/** A header such as `form-data; name="a"; filename="b.txt"`. */
interface Disposition {
  readonly name?: string;
  readonly filename?: string;
}

/** RFC 7578, section 4.2. */
export function readDisposition(header: string): Disposition {
  const parameters = parametersOf(header);
  const name = parameters.get("name");
  const filename = extendedValue(parameters.get("filename*")) ?? parameters.get("filename");
  return { ...(name === undefined ? {} : { name }), ...(filename === undefined ? {} : { filename }) };
}

/** The parameters of a header by their names in lower case, in quotes or without; the first of a name counts. */
export function parametersOf(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const parameter = /;\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))\s*/gy;
  parameter.lastIndex = Math.max(0, header.indexOf(";"));
  for (let match = parameter.exec(header); match !== null; match = parameter.exec(header)) {
    const [, name = "", quoted, bare = ""] = match;
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), quoted === undefined ? bare : unquoted(quoted));
  }
  return found;
}

/** Quotes within are percent-encoded by browsers, and escaped by a backslash by others. */
function unquoted(text: string): string {
  return text.replaceAll('\\"', '"').replace(/%22|%0D|%0A/gi, (escape) => decodeURIComponent(escape));
}

/** RFC 8187: `UTF-8''%e2%82%ac.txt`. */
function extendedValue(text: string | undefined): string | undefined {
  const encoded = /^utf-8'[^']*'(.+)$/i.exec(text ?? "")?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    // Then the plain parameter beside it is meant to be used.
    return undefined;
  }
}
