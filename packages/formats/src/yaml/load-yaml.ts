import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** Loaded by the first YAML that is read or written. */
export function loadYaml(): Pick<
  typeof import("yaml"),
  "Composer" | "LineCounter" | "Parser" | "isAlias" | "isMap" | "isPair" | "isScalar" | "isSeq" | "stringify"
> {
  // What `require` yields has no types of its own.
  return load("yaml") as typeof import("yaml");
}
