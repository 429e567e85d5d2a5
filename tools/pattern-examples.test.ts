import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { patterns } from "@portolan/engine";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");

it("accepts the example of every pattern's page as the steps of a route", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "portolan-patterns-"));
  try {
    await writeFile(path.join(folder, "called.flow.yaml"), "routes:\n  price: { steps: [{ map: '42' }] }\n");
    for (const { name, example } of patterns) {
      const steps = example.trim().replaceAll(/^/gm, "      ");
      await writeFile(path.join(folder, `${name}.flow.yaml`), `routes:\n  example-${name}:\n    steps:\n${steps}\n`);
    }
    expect(await check(folder)).toEqual({ code: 0, output: expect.stringContaining(`${patterns.length + 1} routes`) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function check(folder: string): Promise<{ readonly code: number; readonly output: string }> {
  const argv = ["--conditions=portolan-source", path.join(root, "packages/portolan/bin/portolan.js"), "check", folder];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}
