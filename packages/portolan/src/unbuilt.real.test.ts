import { execFile } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";

it("a clone that is not built says so, and how to run it, instead of which module is missing", async () => {
  await using clone = await createAppDirectory({ "packages/cli/src/index.ts": "", "package.json": '{ "type": "module" }' });
  const bin = join(clone.path, "packages/portolan/bin/portolan.js");
  await mkdir(join(bin, ".."), { recursive: true });
  await copyFile(fileURLToPath(new URL("../bin/portolan.js", import.meta.url)), bin);
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [bin, "check"], { cwd: clone.path }, (error, _stdout, text) => resolve({ code: error?.code, stderr: text }));
  });
  expect(stderr).toBe(
    "this clone of portolan is not built: npm run build, or run its sources:\n  node --conditions=portolan-source packages/portolan/bin/portolan.js\n",
  );
  expect(code).toBe(3);
});
