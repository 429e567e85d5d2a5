import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docExamples } from "./doc-examples.ts";

const root = path.resolve(import.meta.dirname, "..");

/** The folders of an example app, one for each first part of a file name such as `shop/app.ts`. */
const DOCUMENTS = globSync(
  ["*.md", "docs/**/*.md", "packages/*/README.md", "packages/connectors/src/*/README.md", "examples/*/README.md"],
  {
    cwd: root,
  },
)
  .map((document) => ({ document, examples: docExamples(document, readFileSync(path.join(root, document), "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

const APPS = DOCUMENTS.flatMap(({ document, examples }) => {
  // Tests alone are no app.
  const files = examples.map(({ file }) => file).filter((file) => !file.endsWith(".test.ts"));
  const apps = new Set(files.map((file) => file.split("/")[0] ?? ""));
  return [...apps].map((app) => ({ document, app }));
});

/** Variables that examples use. */
const ENVIRONMENT = {
  ERP_URL: "http://127.0.0.1:1",
  LEGACY_URL: "http://127.0.0.1:2",
  CATALOGUE_URL: "http://127.0.0.1:3",
  CATALOGUE_NEXT_URL: "http://127.0.0.1:4",
  CRM_URL: "http://127.0.0.1:5",
  ORDERS_URL: "http://127.0.0.1:6",
  CRM_KEY: "key",
};

let folder = "";
let typeErrors: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "portolan-examples-"));
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
  for (const { document, examples } of DOCUMENTS) {
    for (const { file, text } of examples) {
      const target = path.join(folderOf(document), file);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, text);
    }
  }
  await mkdir(path.join(folder, "broken"));
  await writeFile(path.join(folder, "broken/app.ts"), "const text: string = 1;\nexport default text;\n");
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(path.join(folder, "tsconfig.json"), JSON.stringify(compilerSettings()));
  const { output } = await run(path.join(root, "node_modules/typescript/bin/tsc"), ["-p", folder, "--pretty", "false"]);
  // What is wrong in our own sources is told by `npm run check`.
  typeErrors = output.split("\n").filter((line) => /^[^.\s/][^(]*\(\d+,\d+\): error/.test(line));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("examples in documents", () => {
  it("are there", () => {
    expect(APPS.length).toBeGreaterThan(0);
  });

  it("compile, and one that does not is found", () => {
    expect(typeErrors).toEqual([expect.stringContaining("broken/app.ts(1,7): error TS2322")]);
  });

  it.each(APPS)("$document: portolan check accepts $app", async ({ document, app }) => {
    const { code, output } = await run(path.join(root, "packages/portolan/bin/portolan.js"), ["check", path.join(folderOf(document), app)]);
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
  });
});

function folderOf(document: string): string {
  return path.join(folder, document.replaceAll(/[^\w-]/g, "_"));
}

function compilerSettings(): object {
  return {
    extends: path.join(root, "tsconfig.base.json"),
    compilerOptions: { noEmit: true, composite: false, rootDir: "/", typeRoots: [path.join(root, "node_modules/@types")] },
    include: ["*/**/*.ts"],
  };
}

function run(script: string, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const argv = ["--conditions=portolan-source", script, ...args];
    execFile(process.execPath, argv, { cwd: folder, env: { ...process.env, ...ENVIRONMENT } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}
