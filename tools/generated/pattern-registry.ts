import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { GENERATED_CODE, type GeneratedFile } from "./generated-file.ts";

const FOLDER = "packages/engine/src/patterns";

/**
 * The list of all patterns: one for each folder of the engine's patterns. Its index.ts exports the definition under the
 * folder's name in camel case. The folders are read as text, so that the list can be made before the engine can be imported.
 */
export function patternRegistry(root: string): GeneratedFile {
  const folders = readdirSync(path.join(root, FOLDER), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && exportsDefinition(path.join(root, FOLDER, entry.name)))
    .map((entry) => entry.name)
    .toSorted();
  const local = (folder: string) => `${camelCase(folder)}Pattern`;
  const imports = folders.map((folder) => `import { ${camelCase(folder)} as ${local(folder)} } from "./patterns/${folder}/index.ts";\n`);
  // Declaration files keep these imports only, and with them the methods that the folders declare.
  const declarations = folders.map((folder) => `import "./patterns/${folder}/index.ts";\n`);
  const items = folders.map((folder) => `  ${local(folder)},\n`);
  return {
    path: "packages/engine/src/patterns.gen.ts",
    text: [
      GENERATED_CODE,
      'import type { PatternDefinition } from "./pattern.ts";\n',
      ...imports,
      ...declarations,
      "\n/** Every pattern of the engine. */\n",
      "export const patterns: readonly PatternDefinition[] = [\n",
      ...items,
      "];\n",
    ].join(""),
  };
}

function exportsDefinition(folder: string): boolean {
  return readdirSync(folder).includes("index.ts") && readFileSync(path.join(folder, "index.ts"), "utf8").includes("definePattern(");
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase());
}
