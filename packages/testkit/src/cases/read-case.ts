import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { PortolanError, readOptions, type Finding, type ReadContext } from "@portolan/core";
import { LineCounter, isNode, parseDocument, type Document } from "yaml";
import type { CaseFile } from "./case-file.ts";
import { appCaseOptions } from "./app-case-options.ts";
import { caseOptions } from "./case-options.ts";

export const CASE_SUFFIX = ".case.yaml";

/**
 * What a case file is to hold: all that flow-format section 13 asks for, or what a case needs that lies in an app. There the
 * keys `case`, `source`, `needs` and `flow` may be left out, and `environment`, `offers` and `targets` say what surrounds the app.
 */
export type CaseForm = "complete" | "inApp";

/** Reads a case file. A file that breaks the rules of its form fails with PORTOLAN_CONFIG_INVALID, all findings at once. */
export async function readCase(file: string, form?: CaseForm): Promise<CaseFile> {
  return parseCase(await readFile(file, "utf8"), file, form);
}

/** The case in the text of a file; the file's name must agree with `case`. */
export function parseCase(text: string, file: string, form: CaseForm = "complete"): CaseFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const findings: Finding[] = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: "", message: error.message, place: { file, line, column: col } };
  });
  const root = createReadContext([], (finding, path) =>
    findings.push({ ...finding, path: path.join("."), place: placeOf(path, { document, lines, file }) }),
  );
  const read = findings.length > 0 ? undefined : readForm(form, { value: document.toJS(), name: caseName(file), root });
  if (read !== undefined) checkCase(read, caseName(file), root);
  if (read === undefined || findings.length > 0) throw invalid(findings);
  return read;
}

interface Reading {
  readonly value: unknown;
  readonly name: string;
  readonly root: ReadContext;
}

function readForm(form: CaseForm, { value, name, root }: Reading): CaseFile | undefined {
  if (form === "complete") return readOptions(caseOptions, value, root);
  const read = readOptions(appCaseOptions, value, root);
  return read === undefined ? undefined : { ...read, case: read.case ?? name };
}

/** The name that a case must have in this file. */
export function caseName(file: string): string {
  return basename(file).replace(/\.case\.yaml$/, "");
}

/** The rules that go beyond single keys. */
function checkCase(read: CaseFile, name: string, root: ReadContext): void {
  if (read.case !== name) root.at("case").report({ message: "the case is not named like its file", expected: name, found: read.case });
  for (const [index, expected] of Object.entries(read.expect.sends ?? {})) {
    const context = root.at("expect").at("sends").at(index);
    const send = /^\d+$/.test(index) ? read.send[Number(index)] : undefined;
    if (send === undefined) {
      context.report({ message: "there is no such send", expected: `an index below ${read.send.length}`, found: index });
    } else if (expected.reply !== undefined && (send.kind !== "message" || send.mode !== "request")) {
      context.at("reply").report({
        message: "only a request has a reply",
        expected: "mode: request in the send",
        found: send.kind === "message" ? send.mode : send.control,
      });
    }
  }
}

interface Source {
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  readonly file: string;
}

function placeOf(path: readonly (string | number)[], { document, lines, file }: Source): NonNullable<Finding["place"]> {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (!isNode(node) || !node.range) continue;
    const { line, col } = lines.linePos(node.range[0]);
    return { file, line, column: col };
  }
  return { file };
}

type Report = (finding: Omit<Finding, "path" | "place">, path: readonly (string | number)[]) => void;

function createReadContext(path: readonly (string | number)[], report: Report): ReadContext {
  return {
    path: path.join("."),
    at: (segment) => createReadContext([...path, segment], report),
    report: (finding) => report(finding, path),
    // A case file is data: it names no variables and parameters, and has no steps outside its flow, which the engine reads.
    variable: () => undefined,
    substitute: (value) => value,
    nested: { steps: () => undefined, target: () => undefined, source: () => undefined },
  };
}

function invalid(findings: readonly Finding[]): PortolanError {
  const text = findings.map(({ path, message, expected, found, place }) => {
    const wanted = expected === undefined ? "" : `: expected ${expected}, found ${found ?? "nothing"}`;
    const line = place?.line === undefined ? "" : ` (line ${place.line})`;
    return `${path === "" ? "" : `${path}: `}${message}${wanted}${line}`;
  });
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `the case file is not valid: ${text.join("; ")}`, { findings });
}
