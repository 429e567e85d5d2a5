import { readFileSync } from "node:fs";
import path from "node:path";
import { GENERATED_CODE, type GeneratedFile } from "./generated-file.ts";

const FOLDER = "packages/mapping/src/compiled/sites";

/** How many copies there are of each closure's maker. */
const COPIES: Readonly<Record<string, number>> = {
  createName: 64,
  createPair: 24,
  createAnd: 16,
  createOr: 12,
  createEqual: 24,
  createLess: 6,
  createAtMost: 6,
  createGreater: 6,
  createAtLeast: 6,
  createObject: 16,
};

/** Copies of the makers of closures in site.ts, which says what they are for. */
export function sites(root: string): GeneratedFile {
  const source = readFileSync(path.join(root, FOLDER, "site.ts"), "utf8");
  const imports = source.match(/^import .*\n/gm) ?? [];
  const types = source.match(/^type .*\n/gm) ?? [];
  const makers = [...source.matchAll(/^export function (\w+)(\([^]*?\n\}\n)/gm)];
  const copies = makers.flatMap(([, name = "", rest = ""]) => numbers(name).map((number) => `function ${name}${number}${rest}`));
  const lists = makers.map(
    ([, name = ""]) =>
      `  ${name}: [${numbers(name)
        .map((number) => name + number)
        .join(", ")}],\n`,
  );
  return {
    path: `${FOLDER}/sites.gen.ts`,
    text: [GENERATED_CODE, ...imports, "\n", ...types, "\n", ...copies, "\nexport const sites = {\n", ...lists, "};\n"].join(""),
  };
}

function numbers(name: string): readonly number[] {
  const count = COPIES[name];
  if (count === undefined) throw new Error(`site.ts has a maker ${name}, for which tools/generated/sites.ts names no number of copies`);
  return Array.from({ length: count }, (_, index) => index + 1);
}
