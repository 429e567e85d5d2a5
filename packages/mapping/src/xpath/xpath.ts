import { PortolanError, type ExpressionScope, type Language } from "@portolan/core";
import { ParseOption, XmlDocument, XmlError, XmlXPath, type NamespaceMap } from "libxml2-wasm";

/** Nothing is fetched, and no entity is read from anywhere. */
const SAFE = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE;

/**
 * XPath 1.0 on a body that is XML as text or bytes. Prefixes are declared in front: `declare namespace o = "urn:orders"; string(/o:order/@id)`. Numbers,
 * texts and booleans yield themselves; nodes their texts: nothing for none, the text of one, a list of several. Needs the package `libxml2-wasm`.
 */
export const xpathLanguage: Language = {
  name: "xpath",
  title: "XPath 1.0",
  compile(text) {
    const { namespaces, path } = declarations(text);
    const compiled = compilePath(path, namespaces);
    return (scope) => evaluate(compiled, scope);
  },
};

const DECLARATION = /^\s*declare\s+namespace\s+([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*;/;

function declarations(text: string): { readonly namespaces: NamespaceMap; readonly path: string } {
  const namespaces: Record<string, string> = {};
  let path = text;
  for (let match = DECLARATION.exec(path); match !== null; match = DECLARATION.exec(path)) {
    namespaces[match[1] ?? ""] = match[2] ?? match[3] ?? "";
    path = path.slice(match[0].length);
  }
  return { namespaces, path };
}

/** A compiled path lives as long as the app. */
function compilePath(path: string, namespaces: NamespaceMap): XmlXPath {
  try {
    return XmlXPath.compile(path.trim(), namespaces);
  } catch (cause) {
    throw new SyntaxError(`no XPath 1.0: ${cause instanceof Error ? cause.message.trim() : String(cause)}`, { cause });
  }
}

function evaluate(path: XmlXPath, { body }: ExpressionScope): unknown {
  using document = parse(body);
  try {
    const found = document.eval(path);
    if (!Array.isArray(found)) return found;
    const texts = found.map((node) => node.content);
    return texts.length > 1 ? texts : texts[0];
  } catch (cause) {
    throw cause instanceof XmlError ? new PortolanError("PORTOLAN_EXPRESSION_FAILED", cause.message.trim(), { cause }) : cause;
  }
}

function parse(body: unknown): XmlDocument {
  if (typeof body !== "string" && !(body instanceof Uint8Array))
    throw new PortolanError("PORTOLAN_EXPRESSION_TYPE", `XPath reads XML as text or bytes, and the body is ${typeof body}`, {
      hint: "let it come before the step that decodes the body, or read the data with JSONata",
    });
  try {
    const document =
      typeof body === "string" ? XmlDocument.fromString(body, { option: SAFE }) : XmlDocument.fromBuffer(body, { option: SAFE });
    if (document.dtd === null) return document;
    document.dispose();
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `no well-formed XML: ${cause.message.trim()}`, { cause });
  }
  throw new PortolanError("PORTOLAN_FORMAT_INVALID", "XML with a DOCTYPE is refused", {
    hint: "DTDs can define entities that grow without end",
  });
}
