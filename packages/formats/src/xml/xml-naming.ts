import type { PortolanError } from "@portolan/core";
import type { SaxesAttributeNS, SaxesTagNS } from "saxes";

/** How names of the document become names of data. */
export interface Naming {
  element(tag: SaxesTagNS): string;
  /** Undefined for a declaration of a namespace whose prefix is given by option. */
  attribute(attribute: SaxesAttributeNS): string | undefined;
}

const XMLNS = "http://www.w3.org/2000/xmlns/";
const AS_WRITTEN: Naming = { element: ({ name }) => name, attribute: ({ name }) => name };

/** Names keep the prefixes that their document gives them, but those of these namespaces get the prefix named here. */
export function createNaming(
  namespaces: Readonly<Record<string, string>>,
  fault: (reason: string, hint?: string) => PortolanError,
): Naming {
  const entries = Object.entries(namespaces);
  if (entries.length === 0) return AS_WRITTEN;
  const prefixes = new Map(entries.map(([prefix, uri]) => [uri, prefix]));

  function nameOf({ prefix, local, uri, name }: SaxesTagNS | SaxesAttributeNS): string {
    const given = prefixes.get(uri);
    if (given !== undefined) return given === "" ? local : `${given}:${local}`;
    if (!Object.hasOwn(namespaces, prefix)) return name;
    throw fault(
      `expected names ${prefix === "" ? "without prefix" : `with the prefix ${prefix}`} in the namespace ${namespaces[prefix]}, found <${name}> in ${uri === "" ? "none" : uri}`,
      "give its namespace another prefix with the option namespaces",
    );
  }

  return {
    element: nameOf,
    attribute(attribute) {
      if (attribute.uri === XMLNS) return prefixes.has(attribute.value) ? undefined : attribute.name;
      // A name without a prefix is in no namespace, whatever the default is; one in a namespace always has a prefix.
      if (attribute.prefix === "") return attribute.local;
      if (prefixes.get(attribute.uri) !== "") return nameOf(attribute);
      throw fault(`the attribute ${attribute.name} is in the namespace ${attribute.uri}, to which the option namespaces gives no prefix`);
    },
  };
}
