import { ENVELOPES } from "../envelope.ts";
import type { MessageShape } from "../wsdl/service-model.ts";
import { childElements, type XmlElement } from "../xml/xml-element.ts";
import { createElementChecks, isBlank, type ElementCheck } from "./element-check.ts";

/**
 * The check of plain messages of a shape: whether one is surely valid. Of one that is not, and of all messages of a shape that has what is not
 * known for sure (wildcards, unions, substitutes, constraints…), libxml2 says whether they are, and what is wrong.
 */
export function compileMessageCheck({ body }: MessageShape): ElementCheck {
  const checks = createElementChecks();
  const parts = body.map((element) => checks.of(element));
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return () => false;
  return (root) => {
    const found = bodyOf(root);
    return found?.length === known.length && known.every((check, index) => found[index] !== undefined && check(found[index]));
  };
}

/** What stands in the body of an envelope that has no blocks and nothing unusual. That it is the shape's is known. */
function bodyOf(root: XmlElement): readonly XmlElement[] | undefined {
  if (root.name !== "Envelope" || root.attributes.length > 0) return undefined;
  if (root.namespace !== ENVELOPES["1.1"] && root.namespace !== ENVELOPES["1.2"]) return undefined;
  const parts = childElements(root);
  const body = parts.at(-1);
  const header = parts.length === 2 ? parts[0] : undefined;
  if (body === undefined || parts.length > 2 || !isPart(body, "Body", root) || !hasElementsOnly(root)) return undefined;
  if (header !== undefined && (!isPart(header, "Header", root) || header.nodes.length > 0)) return undefined;
  return childElements(body);
}

function isPart(element: XmlElement, name: string, { namespace }: XmlElement): boolean {
  return element.name === name && element.namespace === namespace && element.attributes.length === 0 && hasElementsOnly(element);
}

function hasElementsOnly({ nodes }: XmlElement): boolean {
  return nodes.every((node) => typeof node !== "string" || isBlank(node));
}
