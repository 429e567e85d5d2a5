import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";

const COMMAND = join(dirname(findPackageJSON("portolan", import.meta.url) ?? ""), "bin", "portolan.js");
const DOCUMENTS = { yaml: "openapi.yaml", graphql: "schema.graphql", xml: "soap.wsdl", json: "mcp-tools.json" };

it("the generated documents say what the README shows of them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "orders-documents-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const out = join(folder, "docs");
  const env = { ...process.env, ORDERS_DATA: join(folder, "data") };
  await promisify(execFile)(process.execPath, ["--conditions=portolan-source", COMMAND, "docs", import.meta.dirname, "--out", out], {
    env,
  });
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  for (const [language, file] of Object.entries(DOCUMENTS)) {
    const [, excerpt = "none"] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(readme) ?? [];
    expect(readFileSync(join(out, file), "utf8")).toContain(excerpt);
  }
}, 60_000);
