import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");

const PATTERN = `
import { option, required, withBody, type Message } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { andThen } from "../../runtime/step.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Answers how loud a value is. */
    toy(loudness: (message: Message<Body>) => number, options?: StepOptions): Steps<{ readonly volume: number }, Ended, Of>;
  }
}

/** A toy. */
export const toy = definePattern({
  name: "toy",
  title: "Toy",
  group: "data",
  summary: "Answers how loud a value is.",
  semantics: "It is loud.",
  example: "- toy: { loudness: 1 + 1 }",
  options: option.object({ loudness: required(option.expression, "How loud it is") }),
  compile({ options: { loudness } }, compiler) {
    const evaluate = compiler.expression(loudness);
    return (message) => andThen(evaluate(message), (volume) => withBody(message, { volume }));
  },
  method: ([loudness]) => ({ loudness }),
});
`;

const TYPE_TEST = `
import { it } from "vitest";
import { type BodyAt, ofOrders, refused, same } from "../../builder/type-cases.test.support.ts";

it("toy yields a volume", () => {
  const loud = ofOrders.toy((m) => m.body.total);
  same<BodyAt<typeof loud>, { readonly volume: number }>(true);
  refused(() => {
    // @ts-expect-error a volume is a number
    ofOrders.toy((m) => m.body.id);
  });
});
`;

const APP = `
import { app, route } from "portolan";
const shout = route("shout").map(() => 20).toy((m) => m.body + 1).map((m) => m.body.volume * 2);
export default app("shouting", { routes: [shout] });
`;

const FLOW = "routes:\n  whisper:\n    steps: [{ toy: { loudness: body.level } }]\n";

const CASE = `
send: [{ route: whisper, mode: request, body: { level: 3 } }]
expect: { sends: { 0: { reply: { body: { volume: 3 } } } } }
`;

/** Adding a pattern is adding one folder: a copy of the tree with the folder of a toy, and no other edit. */
describe("a new folder of a pattern", () => {
  let copy = "";

  beforeAll(async () => {
    copy = await mkdtemp(path.join(os.tmpdir(), "portolan-one-folder-"));
    await copyTree(copy);
    await linkModules(copy);
    await write("packages/engine/src/patterns/toy/index.ts", PATTERN);
    await write("packages/engine/src/patterns/toy/types.test.ts", TYPE_TEST);
    await node("tools/generate.ts");
  });

  afterAll(() => rm(copy, { recursive: true, force: true }));

  it("is in the registry, the schema and the reference", async () => {
    expect(await read("packages/engine/src/patterns.gen.ts")).toContain("toyPattern");
    expect(await read("docs/reference/flow.schema.json")).toContain('"loudness"');
    expect(await read("docs/reference/patterns/toy.md")).toContain("# Toy (`toy`)");
    expect(await read("docs/reference/README.md")).toContain("(patterns/toy.md)");
    await node("tools/generate.ts", "--check");
  });

  it("is a method of the builder, which knows its types", async () => {
    await write("shouting/app.ts", APP);
    await write("shouting/package.json", '{ "type": "module" }');
    const settings = { extends: "../tsconfig.base.json", compilerOptions: { composite: false, noEmit: true }, include: ["*.ts"] };
    await write("shouting/tsconfig.json", JSON.stringify(settings));
    await run("tsc", ["-p", "shouting"], { cwd: copy });
    expect(await portolan(["run", "shouting/app.ts"], "1\n")).toBe("42\n");
  });

  it("is a step of flow files, and their cases run", async () => {
    await write("whispering/whisper.flow.yaml", FLOW);
    await write("whispering/whisper.case.yaml", CASE);
    expect(await portolan(["test", "whispering"])).toMatch(/^ok +whisper/m);
  });

  it("leaves the tests and the types of the tree as they are", async () => {
    const tested = await run("vitest", ["run", "packages/engine", "packages/cli", "tools"], { cwd: copy });
    expect(tested).toContain("packages/engine/src/patterns/toy/types.test.ts");
    expect(await run("tsc", ["-b", "packages/portolan", "tools"], { cwd: copy })).toBe("");
  });

  const write = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(copy, file)), { recursive: true });
    await writeFile(path.join(copy, file), text.trimStart());
  };
  const read = (file: string) => readFile(path.join(copy, file), "utf8");
  const node = (...args: readonly string[]) => run(process.execPath, ["--conditions=portolan-source", ...args], { cwd: copy });
  const portolan = (args: readonly string[], input = "") =>
    run(process.execPath, ["--conditions=portolan-source", "packages/portolan/bin/portolan.js", ...args], { cwd: copy, input });
});

/** What git tracks, and what it would track if it were added. */
async function copyTree(destination: string): Promise<void> {
  const list = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const file of new Set(list.split("\0").filter((name) => name !== ""))) {
    await cp(path.join(root, file), path.join(destination, file), { force: true, errorOnExist: false });
  }
}

/** The modules of others are those of the workspace; ours are links into the copy, as npm would make them. */
async function linkModules(destination: string): Promise<void> {
  const modules = path.join(destination, "node_modules");
  await mkdir(path.join(modules, "@portolan"), { recursive: true });
  for (const entry of await readdir(path.join(root, "node_modules"))) {
    if (entry === "portolan" || entry.startsWith("@portolan") || (entry.startsWith(".") && entry !== ".bin")) continue;
    await symlink(path.join(root, "node_modules", entry), path.join(modules, entry), "junction");
  }
  for (const entry of await readdir(path.join(destination, "packages"))) {
    const place = entry === "portolan" ? entry : path.join("@portolan", entry);
    await symlink(path.join(destination, "packages", entry), path.join(modules, place), "junction");
    // Where the root has another version of something, a package has its own.
    const own = path.join("packages", entry, "node_modules");
    if (existsSync(path.join(root, own))) await symlink(path.join(root, own), path.join(destination, own), "junction");
  }
}

interface RunOptions {
  readonly cwd: string;
  readonly input?: string;
}

function run(command: string, args: readonly string[], { cwd, input = "" }: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`, { cause: error }));
    });
    child.stdin?.end(input);
  });
}
