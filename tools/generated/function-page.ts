import { mappingFunctions, valueMapFunction, type MappingFunction } from "@portolan/mapping";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";

/** The functions that expressions have beside those of JSONata. A test of theirs runs the examples. */
export function functionPage(): GeneratedFile {
  const functions = [...mappingFunctions, valueMapFunction({})].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const intro = [
    "# Functions of expressions",
    "Expressions have the [functions of JSONata](https://docs.jsonata.org/string-functions) but `$eval`, and these. A value that a function cannot read fails the message with `PORTOLAN_VALUE_INVALID`, kind `invalid`; the error says which value, and why. Nothing yields nothing.",
  ];
  return {
    path: "docs/reference/functions.md",
    text: `${GENERATED_PAGE}${[...intro, ...functions.flatMap((one) => section(one))].join("\n\n")}\n`,
  };
}

function section({ name, summary, options, examples }: MappingFunction): readonly string[] {
  const rows = Object.entries(options ?? {}).map(([option, text]) => `| \`${option}\` | ${text} |`);
  const lines = examples.map(([expression, value]) => `${expression} /* ${JSON.stringify(value)} */`);
  return [
    `## $${name}`,
    summary,
    ...(rows.length === 0 ? [] : [["| option | |", "| --- | --- |", ...rows].join("\n")]),
    ...(lines.length === 0 ? [] : [["```", ...lines, "```"].join("\n")]),
  ];
}
