import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docExamples } from "./doc-examples.ts";

const root = path.resolve(import.meta.dirname, "..");
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "portolan-how-to-"));
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
  for (const document of [
    "docs/how-to/test-your-flows.md",
    "docs/how-to/map-data.md",
    "docs/how-to/read-formats.md",
    "docs/how-to/test-with-real-servers.md",
    "docs/how-to/document-and-test-apis.md",
  ]) {
    for (const { file, text } of docExamples(document, readFileSync(path.join(root, document), "utf8"))) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it("the cases of the guide to tests pass, and reach all but one branch", async () => {
  const { code, output } = await run(path.join(root, "packages/portolan/bin/portolan.js"), "test", "shop", "--coverage");
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringContaining("ok erp-is-down\nok order-is-delivered\n2 passed, 0 failed, 0 skipped\n"),
  });
  expect(output).toMatch(/not reached\n +deliver +onError\.0 +onError: deadLetter *\n$/);
});

it("the tests in TypeScript of the guide to tests pass", async () => {
  const { code, output } = await run("--test", "shop/app.test.ts");
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/pass 4\n/) });
});

it("the tests of the guide to faults pass", async () => {
  const { code, output } = await run("--test", "faults/relay.test.ts");
  expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/pass 1\n/) });
});

it("the mappings of the guide to mapping yield what it says", async () => {
  const { code, output } = await run(path.join(root, "packages/portolan/bin/portolan.js"), "test", "partner");
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("1 passed, 0 failed, 0 skipped") });
});

it("the formats of the guide to formats are read and written", async () => {
  const { code, output } = await run(path.join(root, "packages/portolan/bin/portolan.js"), "test", "warehouse");
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("1 passed, 0 failed, 0 skipped") });
});

it("the app of the guide to APIs passes its contract test by every door, and is documented", async () => {
  const portolan = path.join(root, "packages/portolan/bin/portolan.js");
  const tested = await run(portolan, "test", "orders", "--contract", "--runs", "10");
  expect(tested).toEqual({ code: 0, output: expect.stringContaining("3 ok, 0 failed, 0 skipped (seed 1)") });
  const { code, output } = await run(portolan, "docs", "orders", "--out", "public");
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("wrote public/index.html and its pages") });
  const names = ["openapi.yaml", "asyncapi.yaml", "schema.graphql", "soap.wsdl"];
  expect(names.filter((name) => !output.includes(`wrote public/${name}`))).toEqual([]);
  expect(readFileSync(path.join(folder, "public/routes/placeOrder.html"), "utf8")).toContain("201");
});

function run(...argv: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
    execFile(process.execPath, ["--conditions=portolan-source", ...argv], { cwd: folder, env: environment }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error === null ? 0 : 1, output: stdout + stderr });
    });
  });
}
