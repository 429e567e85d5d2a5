import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");

const FLOW = `
routes:
  double:
    steps:
      - to: { channel: seen }
      - map: body * 2
`;

/** What `npm install portolan` would give, made from the archives: our packages unpacked, those of others from the workspace. */
describe("the published packages", () => {
  let folder = "";

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "portolan-packed-"));
    await run("node", [path.join(root, "tools/pack.ts"), path.join(folder, "archives")]);
    await installPackages(folder);
    await writeFile(path.join(folder, "double.flow.yaml"), FLOW);
    await writeFile(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("import as plain JavaScript", async () => {
    const script = 'import("portolan").then(({ route }) => console.log(typeof route))';
    expect(await run("node", ["-e", script], { cwd: folder })).toBe("function\n");
  });

  it("have every public module", async () => {
    const modules = ["rest", "file", "schedule", "stdio", "testing"].map((name) => `import("portolan/${name}")`);
    const script = `Promise.all([${modules.join(", ")}]).then((all) => console.log(all.length))`;
    expect(await run("node", ["-e", script], { cwd: folder })).toBe("5\n");
  });

  it("bring the command", async () => {
    const bin = path.join(folder, "node_modules/portolan/bin/portolan.js");
    expect(await run(bin, ["--version"], { cwd: folder })).toMatch(/^portolan \d+\.\d+\.\d+/);
  });

  it("run a flow on an embedded store", async () => {
    const bin = path.join(folder, "node_modules/portolan/bin/portolan.js");
    const output = await run(bin, ["run", "double.flow.yaml", "--store", "store"], { cwd: folder, input: "1\n21\n" });
    expect(output.trim().split("\n")).toEqual(["2", "42"]);
    expect(await run(bin, ["channels", "ls", "--store", "store", "--json"], { cwd: folder })).toContain('"seen"');
  });

  it("hold neither tests nor sources", async () => {
    const files = await readdir(path.join(folder, "unpacked"), { recursive: true });
    const ours = files.filter((file) => !file.includes("node_modules"));
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.filter((file) => /\.test\.|(?<!\.d)\.ts$|tsbuildinfo/.test(file))).toEqual([]);
  });
});

async function installPackages(folder: string): Promise<void> {
  const archives = (await readdir(path.join(folder, "archives"))).filter((name) => name.endsWith(".tgz"));
  await mkdir(path.join(folder, "node_modules/@portolan"), { recursive: true });
  await mkdir(path.join(folder, "unpacked"));
  for (const archive of archives) {
    await run("tar", ["-xzf", path.join(folder, "archives", archive), "-C", folder]);
    const name = (await run("node", ["-p", 'require("./package/package.json").name'], { cwd: folder })).trim();
    const unpacked = path.join(folder, "unpacked", name.replace("/", "-"));
    await rename(path.join(folder, "package"), unpacked);
    await symlink(unpacked, path.join(folder, "node_modules", name), "junction");
  }
  // Node looks for what our packages import from where they really are.
  await mkdir(path.join(folder, "unpacked/node_modules"));
  for (const entry of await readdir(path.join(root, "node_modules"))) {
    if (entry.startsWith(".") || entry === "@portolan" || entry === "portolan") continue;
    await symlink(path.join(root, "node_modules", entry), path.join(folder, "unpacked/node_modules", entry), "junction");
  }
  await symlink(path.join(folder, "node_modules/@portolan"), path.join(folder, "unpacked/node_modules/@portolan"), "junction");
}

interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
}

function run(command: string, args: readonly string[], { cwd = root, input = "" }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], { cwd }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`, { cause: error }));
    });
    child.stdin?.end(input);
  });
}
