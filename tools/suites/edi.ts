import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PortolanError } from "@portolan/core";
import { createFormat, edifactFormat, ediX12Format } from "@portolan/formats";
import { outcomes, type Suite, type SuiteResult } from "./suite.ts";

const folder = path.resolve(import.meta.dirname, "../../../shared/suites/edi");

/** What is wrong with them is said in `edi.test.ts`. */
const INVALID: ReadonlySet<string> = new Set(["invalid997.edi", "extraDelimiter997.edi", "invoic_d97b_bad.edi", "orders-with-group.edi"]);

export const ediSuite: Suite = {
  name: "EDI (X12 and EDIFACT)",
  run() {
    if (!existsSync(folder)) return { cases: 0, failures: [], skipped: `it is not at ${folder}` };
    const files = readdirSync(folder).filter((name) => name.endsWith(".edi"));
    const result: SuiteResult = outcomes(
      files,
      (name) => name,
      (name) => writtenAlike(name) ?? judged(name),
    );
    return { ...result, remark: `the same bytes are written; ${INVALID.size} are refused, as they must be` };
  },
};

function writtenAlike(name: string): string | undefined {
  const bytes = readFileSync(path.join(folder, name));
  const format = createFormat(definitionOf(bytes), { check: "syntax" });
  return bytes.equals(format.encode(format.decode(bytes))) ? undefined : "other bytes are written than were read";
}

function judged(name: string): string | undefined {
  const bytes = readFileSync(path.join(folder, name));
  try {
    createFormat(definitionOf(bytes)).decode(bytes);
  } catch (thrown) {
    if (INVALID.has(name) && thrown instanceof PortolanError) return undefined;
    throw thrown;
  }
  return INVALID.has(name) ? "it was accepted, although it is not valid" : undefined;
}

function definitionOf(bytes: Buffer) {
  return bytes.subarray(0, 3).toString() === "ISA" ? ediX12Format : edifactFormat;
}
