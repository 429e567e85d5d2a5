import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SourceReading } from "./source-file.ts";

const MODULES = {
  "sound.ts": "const port: number = 9;\nexport default { http: { port } };\n",
  "syntax.ts": "const x: string = ;\nexport default {};\n",
  "enum.ts": "export default {};\nenum E { A }\n",
  "package.ts": 'export default {};\nimport "no-such-package";\n',
  "neighbour.ts": 'export default {};\n\nimport { a } from "./lib/no-such-file.ts";\n',
  "name.ts": 'import { nothing } from "node:fs";\nexport default nothing;\n',
  "throws.ts": 'export default {};\nthrow new Error("boom");\n',
  "throws-below.ts": 'import { fail } from "./fail.ts";\nexport default fail();\n',
  "fail.ts": "export function fail() {\n  return undefined!.x;\n}\n",
  "throws-text.ts": 'export default {};\nthrow "text";\n',
  "no-default.ts": "export const port = 1;\n",
} as const;

let directory: string;
let readings: Readonly<Record<string, SourceReading>>;

// The test runner loads modules its own way; this is about Node's, so that a process of its own reads them all.
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "portolan-source-"));
  await Promise.all(Object.entries(MODULES).map(([name, text]) => writeFile(join(directory, name), text)));
  const script = `
    import { readSourceFile } from ${JSON.stringify(fileURLToPath(new URL("./source-file.ts", import.meta.url)))};
    const names = ${JSON.stringify(Object.keys(MODULES))};
    const readings = await Promise.all(names.map(async (name) => [name, await readSourceFile(${JSON.stringify(directory)}, name)]));
    console.log(JSON.stringify(Object.fromEntries(readings)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=portolan-source", "--input-type=module", "-e", script]);
  readings = JSON.parse(stdout);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe("a module of the app", () => {
  it("yields its default export", () => {
    expect(readings["sound.ts"]).toMatchObject({ source: { file: "sound.ts", value: { http: { port: 9 } } } });
  });

  it.each<[keyof typeof MODULES, string, object]>([
    ["syntax.ts", "Expression expected", { line: 1, column: 19 }],
    ["enum.ts", "TypeScript enum is not supported in strip-only mode", { line: 2, column: 1 }],
    ["package.ts", "Cannot find package 'no-such-package' imported from package.ts", { line: 2, column: 8 }],
    ["neighbour.ts", "Cannot find module 'lib/no-such-file.ts' imported from neighbour.ts", { line: 3, column: 19 }],
    ["name.ts", "The requested module 'node:fs' does not provide an export named 'nothing'", { line: 1, column: 10 }],
    ["throws.ts", "the module threw Error: boom", { line: 2, column: 7 }],
    ["throws-below.ts", "the module threw TypeError: Cannot read properties of undefined (reading 'x')", { file: "fail.ts", line: 2 }],
    ["throws-text.ts", "the module threw a value: text", {}],
    ["no-default.ts", "the module has no default export", {}],
  ])("that is %s is refused with what is wrong and where", (name, message, place) => {
    expect(readings[name]).toMatchObject({ finding: { path: name, message, place: { file: name, ...place } } });
  });
});
