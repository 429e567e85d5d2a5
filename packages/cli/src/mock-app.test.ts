import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@portolan/core";
import { createSystemClock, startNode } from "@portolan/host";
import { expect, test } from "vitest";
import { mockApp } from "./mock-app.ts";
import { platform } from "./platform.ts";

const DOCUMENT = `
openapi: 3.0.3
info: { title: Pets, version: "1" }
servers: [{ url: /v1 }]
paths:
  /pets/{pet-id}:
    get:
      parameters: [{ name: pet-id, in: path, required: true, schema: { type: integer } }]
      responses: { 200: { description: ok, content: { application/json: { example: { name: Rex } } } } }
`;

test("an API description is served without an app, to pages of any origin", async () => {
  const directory = await mkdtemp(join(tmpdir(), "mock-"));
  try {
    await writeFile(join(directory, "pets.yaml"), DOCUMENT);
    const app = await mockApp(directory, "pets.yaml", {});
    const node = await startNode({ app, platform, log: silentLogger, clock: createSystemClock(), http: { port: 0 }, store: "memory" });
    try {
      const response = await fetch(`${node.url}/v1/pets/7`, { headers: { origin: "http://shop.example" } });
      expect([response.status, response.headers.get("access-control-allow-origin"), await response.json()]).toEqual([
        200,
        "*",
        { name: "Rex" },
      ]);
      expect((await fetch(`${node.url}/v1/pets/seven`)).status).toBe(400);
    } finally {
      await node.stop();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
});
