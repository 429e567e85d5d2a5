import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { startCommand, startReady } from "./command-process.test.support.ts";

const FLOW = (text: string) => `
routes:
  get:
    from: [{ rest: { get: /a, policies: { quota: { requests: 5, per: month, header: x-api-key } } } }]
    steps: [{ map: '"${text}"' }]
  place:
    from: [{ rest: { post: /orders, status: 201, policies: { idempotency: {} } } }]
    steps: [{ map: '{ "placedAt": $millis() }' }]
`;

function get(url: string, key: string): Promise<Response> {
  return fetch(`${url}/a`, { headers: { "x-api-key": key } });
}

function place(url: string): Promise<Response> {
  const headers = { "content-type": "application/json", "idempotency-key": "k" };
  return fetch(`${url}/orders`, { method: "POST", headers, body: "{}" });
}

it("quotas and idempotency keys outlive a node that is killed", async () => {
  await using app = await createAppDirectory({ "a.flow.yaml": FLOW("hello") });
  let placed = "";
  for (let life = 0; life < 5; life += 1) {
    await using node = await startReady([], { directory: app.path });
    expect((await get(node.url, "a")).headers.get("ratelimit")).toMatch(new RegExp(`^"quota";r=${4 - life};t=\\d+$`));
    const reply = await place(node.url);
    expect([reply.status, reply.headers.get("idempotency-replayed")]).toEqual([201, life === 0 ? null : "true"]);
    const text = await reply.text();
    if (life === 0) placed = text;
    expect(text).toBe(placed);
    node.child.kill("SIGKILL");
    await node.ended;
  }
  await using node = await startReady([], { directory: app.path });
  expect((await get(node.url, "a")).status).toBe(429);
  expect((await get(node.url, "b")).status).toBe(200);
});

it("quotas and rate limits are what they were when a changed app is loaded", async () => {
  const config = JSON.stringify({ http: { policies: { rateLimit: { requests: 10, per: "1h", header: "x-api-key" } } } });
  await using app = await createAppDirectory({ "a.flow.yaml": FLOW("one"), "portolan.config.json": config });
  await using dev = startCommand(["dev", "--port", "0"], { directory: app.path });
  const [, url = ""] = await dev.shows(/ is ready at (\S+)[^]*watching /);
  expect((await get(url, "a")).headers.get("ratelimit")).toMatch(/^"rate";r=9;t=\d+, "quota";r=4;/);
  const seen = dev.stdout.length;
  await app.write("a.flow.yaml", FLOW("two"));
  await dev.shows(/ is reloaded[^]*watching /, { after: seen });
  const reply = await get(url, "a");
  expect([await reply.json(), reply.headers.get("ratelimit")]).toEqual(["two", expect.stringMatching(/^"rate";r=8;t=\d+, "quota";r=3;/)]);
  dev.child.kill("SIGINT");
  await dev.ended;
});
