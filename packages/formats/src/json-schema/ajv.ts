import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** Ajv is loaded by the first contract that is a JSON Schema: apps without one start 90 files earlier. */
export function loadAjv(): { readonly Ajv: typeof import("ajv").Ajv; readonly Ajv2020: typeof import("ajv/dist/2020.js").Ajv2020 } {
  // What `require` yields has no types of its own.
  const { Ajv } = load("ajv") as typeof import("ajv");
  const { Ajv2020 } = load("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  return { Ajv, Ajv2020 };
}

export function addAjvFormats(ajv: import("ajv").Ajv): void {
  (load("ajv-formats") as typeof import("ajv-formats")).default(ajv);
}
