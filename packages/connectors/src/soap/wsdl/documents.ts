import { PortolanError } from "@portolan/core";
import { inFile, pathOf, schemasIn, type InlineSchema, type ReadFile } from "../schema/schema-files.ts";
import { parseTree } from "../xml/parse-xml.ts";
import { attributeOf, childrenNamed, clark, type XmlElement } from "../xml/xml-element.ts";
import type { WsdlFile } from "./service-model.ts";
import { WSDL } from "./wsdl-symbols.ts";

const WSDL_20 = "http://www.w3.org/ns/wsdl";

export interface WsdlDocuments {
  /** The document itself, then the WSDL documents that it imports. */
  readonly definitions: readonly WsdlFile[];
  readonly schemas: readonly InlineSchema[];
}

/** A WSDL document and all that it imports, each once. */
export function loadDocuments(path: string, readFile: ReadFile): WsdlDocuments {
  const definitions: WsdlFile[] = [];
  const schemas: InlineSchema[] = [];
  const known = new Set<string>();

  function load(file: string, from?: string): void {
    if (known.has(file)) return;
    known.add(file);
    const root = inFile(from === undefined ? file : `${file}, which ${from} imports`, () => parseTree(readFile(file)));
    const found = schemasIn(root);
    schemas.push(...found.map((schema) => ({ root: schema, path: file })));
    if (found[0] === root && from !== undefined) return;
    if (root.namespace !== WSDL || root.name !== "definitions") throw notWsdl(file, root);
    definitions.push({ path: file, root });
    for (const one of childrenNamed(root, WSDL, "import")) {
      const location = attributeOf(one, "location");
      if (location === undefined) continue;
      const next = pathOf(location, file);
      if (next === undefined)
        throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${file} imports ${location}, and nothing is fetched`, {
          hint: "put that document beside this one and name it there",
        });
      load(next, file);
    }
  }

  load(path);
  return { definitions, schemas };
}

function notWsdl(file: string, root: XmlElement): PortolanError {
  const isNewer = root.namespace === WSDL_20;
  return new PortolanError(
    "PORTOLAN_FORMAT_INVALID",
    `${file}: expected a WSDL 1.1 document, found ${isNewer ? "WSDL 2.0" : clark(root)}`,
    isNewer ? { hint: "WSDL 2.0 is not read: SOAP toolkits offer 1.1 as well" } : {},
  );
}
