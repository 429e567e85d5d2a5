import type { Finding, Place } from "@portolan/core";
import { LineCounter, isMap, isNode, isScalar, parseDocument } from "yaml";
import type { RawTree } from "./tree-context.ts";

/** Nodes that aliases may stand for in one file; more is an attack or a mistake. */
const MAX_ALIASES = 100;

/** Parses a flow file (YAML 1.2, so JSON too); what is malformed is reported with its place, and yields nothing. */
export function parseYaml(text: string, file: string, findings: Finding[]): RawTree | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  for (const error of document.errors) {
    const duplicate = error.code === "DUPLICATE_KEY";
    findings.push({
      path: "",
      message: duplicate ? "a key stands twice in this map" : `the YAML is malformed: ${error.message}`,
      expected: duplicate ? "each key once" : "YAML",
      place: at(error.pos[0]),
    });
  }
  if (document.errors.length > 0) return undefined;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    findings.push({
      path: "",
      message: error instanceof Error ? error.message : String(error),
      expected: `at most ${MAX_ALIASES} aliased nodes`,
      place: { file },
    });
    return undefined;
  }
  return {
    value,
    locate(path, part = "value") {
      const parent: unknown = path.length < 2 ? document.contents : document.getIn(path.slice(0, -1), true);
      const key = isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(path.at(-1)))?.key
        : undefined;
      if (part === "key" && isNode(key) && key.range) return at(key.range[0]);
      for (let length = path.length; length >= 0; length--) {
        const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return at(node.range[0]);
      }
      return { file };
    },
  };
}
