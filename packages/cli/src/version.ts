import { readFileSync } from "node:fs";

// A package's own manifest always has a version.
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string };

/** Of all packages: they are published together. */
export const version: string = manifest.version;
