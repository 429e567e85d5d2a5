import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docExamples } from "./doc-examples.ts";

const root = path.resolve(import.meta.dirname, "..");
const DOCUMENT = "docs/how-to/call-apis.md";
const examples = docExamples(DOCUMENT, readFileSync(path.join(root, DOCUMENT), "utf8"));
const command = ["--conditions=portolan-source", path.join(root, "packages/portolan/bin/portolan.js")];
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "portolan-how-to-call-"));
  for (const { file, text } of examples) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it("the types in the guide are those that the command writes", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(process.execPath, [...command, "describe", "crm/crm.yaml", "--typescript"], { cwd: folder }, (_error, stdout) =>
    resolve(stdout),
  );
  expect(await promise).toBe(examples.find(({ file }) => file === "code/crm.gen.ts")?.text);
});

it("the calls of the guide are made as it says", async () => {
  const got: string[] = [];
  const crm = createServer((request, response) => {
    void (async () => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      got.push(`${request.method} ${request.url} ${request.headers["x-crm-key"]} ${body}`);
      const isNote = request.method === "POST";
      response.writeHead(isNote ? 201 : 200, { "content-type": "application/json" });
      const id = Number(request.url?.split("/")[2]);
      response.end(JSON.stringify(isNote ? { id: 1, text: "noted" } : id === 13 ? { id: "13" } : { id, name: "Ada" }));
    })();
  }).listen(0, "127.0.0.1");
  await once(crm, "listening");
  const environment = { ...process.env, CRM_URL: `http://127.0.0.1:${(crm.address() as AddressInfo).port}`, CRM_KEY: "secret" };
  const node = spawn(process.execPath, [...command, "start", "crm", "--port", "0", "--store", "memory"], { cwd: folder, env: environment });
  try {
    const origin = await readyAt(node.stdout);
    expect(await (await fetch(`${origin}/customers/7`)).json()).toEqual({ id: 7, name: "Ada" });
    const complain = (body: object) =>
      fetch(`${origin}/complaints`, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    expect(await (await complain({ customer: 7, complaint: "late" })).json()).toEqual({ id: 1, text: "noted" });
    expect(got).toEqual(["GET /customers/7 secret ", 'POST /customers/7/notes?notify=true secret {"text":"late"}']);
    expect((await complain({ customer: 7 })).status).toBe(400);
    expect((await fetch(`${origin}/customers/13`)).status).toBe(502);
    expect(got).toHaveLength(3);
  } finally {
    node.kill();
    await once(node, "exit");
    crm.closeAllConnections();
    crm.close();
  }
});

async function readyAt(output: NodeJS.ReadableStream): Promise<string> {
  let said = "";
  for await (const line of createInterface({ input: output })) {
    said += `${line}\n`;
    const entry = JSON.parse(line) as { readonly url?: string };
    if (entry.url !== undefined) return entry.url;
  }
  throw new Error(`it ended before it was ready:\n${said}`);
}
