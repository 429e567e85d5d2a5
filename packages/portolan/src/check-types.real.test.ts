import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { runCommand } from "./command-process.test.support.ts";

const APP = `import { app, route } from "portolan";
const doubled = route("doubled", { input: { type: "number" } }).map((m) => twice(m.body));
function twice(value: number): number {
  return value * 2;
}
export default app("numbers", { routes: [doubled] });
`;
const FIXED = APP.replace("twice(m.body)", "twice(Number(m.body))");
const PROJECT = {
  compilerOptions: {
    module: "nodenext",
    target: "esnext",
    strict: true,
    noEmit: true,
    types: [],
    allowImportingTsExtensions: true,
    customConditions: ["portolan-source"],
  },
};

/** An app with the workspace's own compiler and packages installed, as npm does it: by links. */
async function createInstalledApp(files: Readonly<Record<string, string>>) {
  const app = await createAppDirectory({ "package.json": '{ "type": "module" }', ...files });
  await mkdir(join(app.path, "node_modules"));
  for (const name of ["typescript", "portolan"]) {
    await symlink(fileURLToPath(new URL(`../../../node_modules/${name}`, import.meta.url)), join(app.path, "node_modules", name));
  }
  return app;
}

it("lists what the app's own compiler finds in its code, and not in that of others", async () => {
  await using app = await createInstalledApp({ "app.ts": APP, "tsconfig.json": JSON.stringify(PROJECT) });
  const found = await runCommand(["check"], { directory: app.path });
  expect(found.code).toBe(1);
  expect(found.stdout).toContain(
    "error[TS2345]: Argument of type 'unknown' is not assignable to parameter of type 'number'.\n  --> app.ts:2:82\n",
  );
  expect(found.stdout).toContain("numbers: 1 route, 1 channel, 1 file: 1 error\n");
  const json = await runCommand(["check", "--json"], { directory: app.path });
  expect(JSON.parse(json.stdout)).toMatchObject({ level: "error", code: "TS2345", place: { line: 2, column: 82 } });
  expect((await runCommand(["check", "--no-types"], { directory: app.path })).code).toBe(0);
  await app.write("app.ts", FIXED);
  expect(await runCommand(["check"], { directory: app.path })).toMatchObject({
    code: 0,
    stdout: "numbers: 1 route, 1 channel, 1 file: no errors\n",
  });
});

it("says why types were not checked, and fails for no such reason", async () => {
  await using app = await createInstalledApp({ "app.ts": APP });
  const summary = async () => {
    const { code, stdout } = await runCommand(["check"], { directory: app.path });
    expect(code).toBe(0);
    return stdout;
  };
  expect(await summary()).toBe("numbers: 1 route, 1 channel, 1 file, types not checked (there is no tsconfig.json): no errors\n");
  await app.write("tsconfig.json", JSON.stringify({ ...PROJECT, include: ["src"] }));
  expect(await summary()).toContain("types not checked (error TS18003: No inputs were found in config file");
  await app.write("other.ts", "export {};");
  await app.write("tsconfig.json", JSON.stringify({ ...PROJECT, include: ["other.ts"] }));
  expect(await summary()).toContain("types not checked (app.ts is not in the project of tsconfig.json)");
});
