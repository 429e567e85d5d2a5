import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOMS } from "./rooms.ts";

const root = path.resolve(import.meta.dirname, "..");

/** A file that breaks exactly one rule, and that rule as oxlint names it; no rule: a file that must pass. */
interface Sample {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly rule?: string;
}

const ARROWS = "portolan(arrows)";

const SAMPLES: readonly Sample[] = [
  { name: "a room imports against its arrows", file: "core/src/up.ts", text: 'import "@portolan/engine";', rule: ARROWS },
  {
    name: "types go the same way as values",
    file: "stores/src/up.ts",
    text: 'export type { Engine } from "@portolan/engine";',
    rule: ARROWS,
  },
  {
    name: "an import in a type counts",
    file: "mapping/src/up.ts",
    text: 'export type E = import("@portolan/engine").Engine;',
    rule: ARROWS,
  },
  {
    name: "an import at run time counts",
    file: "formats/src/up.ts",
    text: 'export const late = () => import("@portolan/host");',
    rule: ARROWS,
  },
  { name: "connectors never import the engine", file: "connectors/src/rest/up.ts", text: 'import "@portolan/engine";', rule: ARROWS },
  { name: "nobody imports the command line", file: "host/src/up.ts", text: 'import "@portolan/cli";', rule: ARROWS },
  { name: "nobody imports what users install", file: "engine/src/up.ts", text: 'import "portolan/rest";', rule: ARROWS },
  { name: "a relative path leaves the room", file: "engine/src/out.ts", text: 'import "../../core/src/x.ts";', rule: ARROWS },
  { name: "a room imports itself by name", file: "core/src/self.ts", text: 'import "@portolan/core";', rule: ARROWS },
  { name: "a connector imports another", file: "connectors/src/rest/side.ts", text: 'import "../file/x.ts";', rule: ARROWS },
  { name: "what connectors share imports one of them", file: "connectors/src/http/side.ts", text: 'import "../file/x.ts";', rule: ARROWS },
  { name: "a connector's test imports another", file: "connectors/src/rest/side.test.ts", text: 'import "../file/x.ts";', rule: ARROWS },
  { name: "a source imports the test kit", file: "stores/src/kit.ts", text: 'import "@portolan/testkit";', rule: ARROWS },
  { name: "a folder that is no room", file: "shed/src/x.ts", text: 'import "@portolan/core";', rule: ARROWS },
  { name: "only types where only types may go", file: "console/src/value.ts", text: 'import { a } from "@portolan/host";', rule: ARROWS },
  { name: "types where types may go", file: "console/src/type.ts", text: 'export type { A } from "@portolan/host";' },
  { name: "a test imports the test kit", file: "stores/src/kit.test.ts", text: 'import "@portolan/testkit";' },
  { name: "what a test stands on imports the test kit", file: "stores/src/kit.test.support.ts", text: 'import "@portolan/testkit";' },
  { name: "a test uses its own room's public entry", file: "core/src/entry.test.ts", text: 'import "@portolan/core";' },
  { name: "a connector shares a file of its room", file: "connectors/src/rest/up-one.ts", text: 'import "../shared.ts";' },
  {
    name: "connectors share a folder that is made for it",
    file: "connectors/src/rest/client/up-two.ts",
    text: 'import "../../http/x.ts";',
  },
  { name: "an arrow is followed", file: "engine/src/down.ts", text: 'import "@portolan/core";' },
  { name: "the command line imports a room", file: "cli/src/down.ts", text: 'import "@portolan/host";' },
  {
    name: "types close a circle",
    file: "core/src/circle-a.ts",
    text: 'import type { B } from "./circle-b.ts";\nexport type A = B | 1;',
    rule: "import(no-cycle)",
  },
  {
    name: "values close a circle",
    file: "core/src/circle-b.ts",
    text: 'import type { A } from "./circle-a.ts";\nexport type B = A | 2;',
    rule: "import(no-cycle)",
  },
  { name: "more than 400 lines", file: "host/src/long.ts", text: "export {};\n".repeat(401), rule: "eslint(max-lines)" },
  { name: "400 lines", file: "host/src/fits.ts", text: "export {};\n".repeat(400) },
  {
    name: "four parameters",
    file: "host/src/four.ts",
    text: "export const four = (a: 1, b: 1, c: 1, d: 1) => [a, b, c, d];",
    rule: "eslint(max-params)",
  },
  {
    name: "an explicit any",
    file: "host/src/loose.ts",
    text: "export const loose = (a: any) => a;",
    rule: "typescript(no-explicit-any)",
  },
  {
    name: "a silenced compiler",
    file: "host/src/hush.ts",
    text: "// @ts-ignore\nexport const a: number = '';",
    rule: "typescript(ban-ts-comment)",
  },
  { name: "export *", file: "host/src/index.ts", text: 'export * from "./a.ts";', rule: "portolan(no-export-all)" },
  { name: "export type *", file: "host/src/types.ts", text: 'export type * from "./a.ts";', rule: "portolan(no-export-all)" },
  { name: "a namespace export", file: "host/src/named.ts", text: 'export * as a from "./a.ts";' },
  { name: "console in a library", file: "host/src/print.ts", text: "console.log(1);", rule: "eslint(no-console)" },
  { name: "console in the command line", file: "cli/src/print.ts", text: "console.log(1);" },
  { name: "a swallowed error", file: "host/src/catch.ts", text: "try {\n  JSON.parse('');\n} catch {}", rule: "eslint(no-empty)" },
  { name: "a promise for later", file: "host/src/later.ts", text: "// todo: all of it", rule: "eslint(no-warning-comments)" },
  {
    name: "a skipped test",
    file: "host/src/skip.test.ts",
    text: `import { ${"it"} } from "vitest";\n${"it"}.skip("x", () => {});`,
    rule: "vitest(no-disabled-tests)",
  },
  ...["core", "engine"].flatMap(deterministicSamples),
  { name: "stores: the time", file: "stores/src/now.ts", text: "export const n = Date.now();", rule: "eslint(no-restricted-properties)" },
  { name: "stores: a timer", file: "stores/src/timer.ts", text: "setTimeout(() => {}, 1);", rule: "eslint(no-restricted-globals)" },
  { name: "stores: files are theirs", file: "stores/src/disk.ts", text: 'import "node:fs";' },
];

function deterministicSamples(room: string): readonly Sample[] {
  const globals = ["setTimeout(f, 1)", "setInterval(f, 1)", "setImmediate(f)", "globalThis.setTimeout(f, 1)", "process.cwd()", "fetch('')"];
  const properties = ["Date.now()", "Math.random()", "AbortSignal.timeout(1)"];
  const modules = ["node:fs", "node:fs/promises", "node:net", "node:http", "node:timers", "node:timers/promises", "node:crypto"];
  const time = ["new Date()", "Date()"];
  const groups: readonly (readonly [rule: string, texts: readonly string[]])[] = [
    ["eslint(no-restricted-globals)", globals.map((text) => `export const f = () => {};\nexport const x = ${text};`)],
    ["eslint(no-restricted-properties)", properties.map((text) => `export const x = ${text};`)],
    ["eslint(no-restricted-imports)", modules.map((name) => `import "${name}";`)],
    ["portolan(no-ambient-time)", time.map((text) => `export const x = ${text};`)],
  ];
  const forbidden = groups.flatMap(([rule, texts]) =>
    texts.map((text, index) => ({
      name: `${room}: ${text.split("\n").at(-1)}`,
      file: `${room}/src/${rule.replace(/\W/g, "-")}${index}.ts`,
      text,
      rule,
    })),
  );
  const allowed = ["queueMicrotask(() => {});", "export const d = new Date(5);", 'import "node:path";'];
  return [
    ...forbidden,
    ...allowed.map((text, index) => ({ name: `${room}: ${text}`, file: `${room}/src/allowed${index}.ts`, text })),
    { name: `${room}: tests may wait`, file: `${room}/src/wait.test.ts`, text: "setTimeout(() => {}, Date.now());" },
  ];
}

/** Every sample in one tree, linted once: file → the rules that fired in it. */
const fired = new Map<string, string[]>();
let tree = "";

beforeAll(async () => {
  tree = await mkdtemp(path.join(os.tmpdir(), "portolan-lint-"));
  await cp(path.join(root, ".oxlintrc.json"), path.join(tree, ".oxlintrc.json"));
  for (const tool of ["lint-plugin.ts", "rooms.ts"]) await cp(path.join(root, "tools", tool), path.join(tree, "tools", tool));
  for (const { file, text } of SAMPLES) {
    const target = path.join(tree, "packages", file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  for (const { filename, code } of await lint()) {
    const file = path.relative("packages", filename).replaceAll(path.sep, "/");
    fired.set(file, [...(fired.get(file) ?? []), code]);
  }
});

afterAll(() => rm(tree, { recursive: true, force: true }));

interface Diagnostic {
  readonly filename: string;
  readonly code: string;
}

function lint(): Promise<readonly Diagnostic[]> {
  const oxlint = path.join(root, "node_modules/oxlint/bin/oxlint");
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [oxlint, "--format", "json", "packages"], { cwd: tree, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      if (error !== null && error.code !== 1) return reject(new Error(stderr || stdout, { cause: error }));
      resolve((JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }).diagnostics); // the format of `--format json`
    });
  });
}

describe("the lint configuration", () => {
  it.each(SAMPLES.filter((sample) => sample.rule !== undefined))("refuses $name", ({ file, rule }) => {
    expect(fired.get(file)).toContain(rule);
  });

  it.each(SAMPLES.filter((sample) => sample.rule === undefined))("accepts $name", ({ file }) => {
    expect(fired.get(file) ?? []).toEqual([]);
  });
});

it("has a row for every folder of packages/", async () => {
  const folders = await readdir(path.join(root, "packages"));
  expect(folders.filter((folder) => ROOMS[folder] === undefined)).toEqual([]);
});
