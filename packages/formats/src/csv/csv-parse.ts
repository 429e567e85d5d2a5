import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** csv-parse is loaded by the first CSV that is read: the start of other apps does without it. Each half has errors of its own. */
export function loadCsvParse(): Pick<typeof import("csv-parse/sync"), "CsvError" | "parse"> {
  // What `require` yields has no types of its own.
  return load("csv-parse/sync") as typeof import("csv-parse/sync");
}

export function loadStreamingCsvParse(): Pick<typeof import("csv-parse"), "CsvError" | "parse"> {
  return load("csv-parse") as typeof import("csv-parse");
}
