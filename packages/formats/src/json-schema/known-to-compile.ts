import { isRecord } from "@portolan/core";
import { referenced, type Schema } from "./plain-schemas.ts";

/** Words whose references are found only by compiling. */
const NAMED = ["$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef"];

/**
 * Whether a schema that the meta-schema accepts will compile: its references lead to parts of itself, and its patterns are some. Compiling a
 * contract takes a thousand times longer than that, so that it is left to the first message. False means only that this is not known.
 */
export function isKnownToCompile(schema: Schema): boolean {
  const visit = (part: unknown): boolean => {
    if (Array.isArray(part)) return part.every(visit);
    if (!isRecord(part)) return true;
    const { $ref: reference, pattern, patternProperties } = part;
    if (NAMED.some((word) => typeof part[word] === "string") || (part["nullable"] === true && part["type"] === undefined)) return false;
    if (typeof reference === "string" && reference !== "#" && (!reference.startsWith("#/") || referenced(reference, schema) === undefined))
      return false;
    const patterns = [
      ...(typeof pattern === "string" ? [pattern] : []),
      ...(isRecord(patternProperties) ? Object.keys(patternProperties) : []),
    ];
    return patterns.every(isPattern) && Object.values(part).every(visit);
  };
  return visit(schema);
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
