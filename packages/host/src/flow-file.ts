import { isUtf8 } from "node:buffer";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "@portolan/core";
import type { FlowFile } from "@portolan/engine";

export type FlowReading = { readonly flow: FlowFile } | { readonly finding: Finding };

/** Reads the text of a flow file; a file that holds none is a finding. */
export async function readFlowFile(directory: string, file: string): Promise<FlowReading> {
  const bytes = await readFile(join(directory, file));
  const isBinary = bytes.includes(0);
  if (isUtf8(bytes) && !isBinary) return { flow: { file, text: bytes.toString("utf8") } };
  return {
    finding: {
      path: file,
      message: "the flow file is no text in UTF-8",
      expected: "YAML in UTF-8",
      found: isBinary ? "bytes that no text has" : "a text in another encoding, or no text",
      hint: "save it as UTF-8",
      place: { file },
    },
  };
}

/** A warning for each flow file that says nothing: blank, or comments only. */
export function emptyFlows(flows: readonly FlowFile[]): readonly Finding[] {
  return flows
    .filter(({ text }) => text.split("\n").every((line) => /^\s*(#.*|---|\.\.\.)?\s*$/.test(line)))
    .map(({ file }) => ({
      path: file,
      message: `the flow file ${file} is empty`,
      hint: "write `routes:` in it, or take it away",
      place: { file },
    }));
}
