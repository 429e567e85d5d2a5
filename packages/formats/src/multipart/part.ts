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

/** RFC 7578, section 4.2: quotes within are percent-encoded by browsers, and escaped by a backslash by others. */
export function readDisposition(header: string): Disposition {
  const name = parameterOf(header, "name");
  const filename = extendedParameterOf(header, "filename") ?? parameterOf(header, "filename");
  return { ...(name === undefined ? {} : { name }), ...(filename === undefined ? {} : { filename }) };
}

/** A parameter of a header, in quotes or without. */
export function parameterOf(header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, "i").exec(header);
  if (found === null) return undefined;
  const [, quoted, bare] = found;
  if (quoted === undefined) return bare;
  return quoted.replaceAll('\\"', '"').replace(/%22|%0D|%0A/gi, (escape) => decodeURIComponent(escape));
}

/** RFC 8187: `filename*=UTF-8''%e2%82%ac.txt`. */
function extendedParameterOf(header: string, name: string): string | undefined {
  const encoded = new RegExp(`;\\s*${name}\\*\\s*=\\s*utf-8'[^']*'([^\\s;]+)`, "i").exec(header)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    // Then the plain parameter beside it is meant to be used.
    return undefined;
  }
}
