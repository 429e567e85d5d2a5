import type { Document, LineCounter, ParsedNode } from "yaml";
import { formatInvalid } from "../format-invalid.ts";
import { findNodeFault } from "./node-fault.ts";
import { loadYaml } from "./load-yaml.ts";
import { countTokens } from "./token-limits.ts";

interface YamlLimits {
  readonly documents: boolean;
  readonly maxDepth: number;
  readonly maxAliases: number;
}

export function readYaml(text: string, limits: YamlLimits): unknown {
  const { Composer, LineCounter, Parser } = loadYaml();
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const { tooDeep, aliases } = countTokens(tokens, limits.maxDepth);
  if (tooDeep !== undefined) {
    const message = `expected at most ${limits.maxDepth} levels, found more`;
    throw yamlFault(message, lines, { offset: tooDeep.offset, hint: "raise maxDepth of the format if such documents are right" });
  }
  if (aliases > limits.maxAliases) throw tooManyAliases(lines, 0, limits);
  // The library compares each key with each other: a map of 40,000 took ten seconds.
  const composer = new Composer({ uniqueKeys: false, stringKeys: true, prettyErrors: false, logLevel: "silent" });
  const values = [...composer.compose(tokens)].map((document) => dataOf(document, lines, limits));
  if (limits.documents) return values;
  if (values.length <= 1) return values[0] ?? null;
  throw formatInvalid(`YAML is expected to be one document, found ${values.length}`, {
    hint: "read them as a list with the option documents",
  });
}

function dataOf(document: Document.Parsed<ParsedNode>, lines: LineCounter, limits: YamlLimits): unknown {
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw yamlFault(problem.message, lines, { offset: problem.pos[0] });
  const fault = findNodeFault(document.contents);
  if (fault !== undefined) throw yamlFault(fault.message, lines, fault);
  try {
    return document.toJS({ maxAliasCount: limits.maxAliases });
  } catch (cause) {
    // The one thing that can still be wrong: what its aliases stand for.
    throw cause instanceof ReferenceError ? tooManyAliases(lines, document.range[0], limits) : cause;
  }
}

function tooManyAliases(lines: LineCounter, offset: number, { maxAliases }: YamlLimits) {
  return yamlFault(`expected aliases that stand for at most ${maxAliases} values, found more`, lines, {
    offset,
    hint: "raise maxAliases of the format if such documents are right",
  });
}

function yamlFault(message: string, lines: LineCounter, { offset, hint }: { readonly offset: number; readonly hint?: string }) {
  const { line, col } = lines.linePos(offset);
  const place = `at line ${Math.max(line, 1)}, column ${Math.max(col, 1)}`;
  return formatInvalid(`YAML is not valid ${place}: ${message}`, hint === undefined ? {} : { hint });
}
