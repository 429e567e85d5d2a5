import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client as McpClient, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { createClientAsync } from "soap";
import { expect, it } from "vitest";
import { graphqlClient, waysTo } from "./clients.ts";
import type { Order } from "./contracts.ts";
import { startErp } from "./erp.ts";
import { startNode } from "./node-process.ts";

/** For machines that have other things to do. */
const LIMIT_MS = 60_000;

const order = (id: string, sku = "rope"): Order => ({ id, customer: "ada", lines: [{ sku, quantity: 2, price: 9.5 }] });

it(
  "takes the same order by every door and sees one order",
  async () => {
    await using stage = await openStage();
    const { url, erp } = stage;
    const ways = waysTo(url);
    const receipt = { orderId: "o-1", status: "accepted" };
    for (const place of [ways.rest, ways.graphql, ways.soap, ways.mcp]) expect(await place(order("o-1"))).toMatchObject(receipt);
    await expect.poll(() => erp.submissions, { timeout: LIMIT_MS }).toEqual([{ orderId: "o-1", customer: "ada", document: "45000001" }]);

    const booked = { id: "o-1", total: 19, status: "booked", document: "45000001" };
    await expect.poll(() => answerOf(`${url}/orders/o-1`), { timeout: LIMIT_MS }).toMatchObject(booked);
    const { data } = await graphqlClient(url).query('{ order(id: "o-1") { id total status document } }', {}).toPromise();
    expect(data.order).toMatchObject(booked);
    expect(await resourceOf(url, "orders://o-1")).toMatchObject(booked);
    const [answer] = await (await createClientAsync(`${url}/soap?wsdl`))["GetOrderAsync"]({ id: "o-1" });
    expect(answer).toMatchObject(booked);
    // Nothing that was on its way comes after all.
    expect(erp.submissions).toHaveLength(1);
  },
  LIMIT_MS,
);

it(
  "tells subscribers of an order, by whichever door it came",
  async () => {
    await using stage = await openStage();
    const client = graphqlClient(stage.url);
    const heard: unknown[] = [];
    const { unsubscribe } = client
      .subscription('subscription { orderAccepted(customer: "ada") { id customer } }', {})
      .subscribe(({ data, error }) => heard.push(error ?? data.orderAccepted));
    const ways = waysTo(stage.url);
    // Subscribers hear of what comes once they are there.
    await expect
      .poll(
        async () => {
          await ways.rest(order(`early-${heard.length}-${Date.now()}`));
          return heard.length;
        },
        { timeout: LIMIT_MS, interval: 200 },
      )
      .toBeGreaterThan(0);
    await ways.soap({ ...order("o-7"), customer: "grace" });
    await ways.soap(order("o-8"));
    await expect.poll(() => heard.at(-1), { timeout: LIMIT_MS }).toMatchObject({ id: "o-8", customer: "ada" });
    expect(heard).not.toContainEqual(expect.objectContaining({ id: "o-7" }));
    unsubscribe();
  },
  LIMIT_MS,
);

it(
  "answers a request that comes again with its key by the first answer, and another one with that key by 422",
  async () => {
    await using stage = await openStage();
    const place = (body: Order) =>
      fetch(`${stage.url}/orders`, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": "key-1" },
        body: JSON.stringify(body),
      });
    const first = await place(order("o-2"));
    expect([first.status, await first.json()]).toEqual([202, { orderId: "o-2", status: "accepted" }]);
    const again = await place(order("o-2"));
    expect([again.status, await again.json()]).toEqual([202, { orderId: "o-2", status: "accepted" }]);
    expect((await place(order("o-3"))).status).toBe(422);
  },
  LIMIT_MS,
);

it(
  "reads are cached and limited, and an order that is not there is said not to be",
  async () => {
    await using stage = await openStage();
    await waysTo(stage.url).rest(order("o-4"));
    const read = () => fetch(`${stage.url}/orders/o-4`);
    // From then on it stays as it is.
    await expect.poll(() => answerOf(`${stage.url}/orders/o-4`), { timeout: LIMIT_MS, interval: 100 }).toMatchObject({ status: "booked" });
    const hit = await read();
    expect(hit.headers.get("cache-status")).toContain("hit");
    expect((await fetch(`${stage.url}/orders/o-4`, { headers: { "if-none-match": hit.headers.get("etag") ?? "" } })).status).toBe(304);
    const missing = await fetch(`${stage.url}/orders/o-9`);
    expect([missing.status, await missing.json()]).toEqual([404, expect.objectContaining({ code: "PORTOLAN_NOT_FOUND" })]);
    const statuses = await Promise.all(Array.from({ length: 80 }, async () => (await read()).status));
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
  },
  LIMIT_MS,
);

it(
  "puts an order that the ERP refuses aside, with its reason, and delivers the next one",
  async () => {
    await using stage = await openStage();
    const ways = waysTo(stage.url);
    await ways.rest(order("o-5", "anchor"));
    await ways.rest(order("o-6"));
    await expect.poll(() => stage.erp.submissions.map(({ orderId }) => orderId), { timeout: LIMIT_MS }).toEqual(["o-6"]);
    expect(await answerOf(`${stage.url}/orders/o-5`)).toMatchObject({ status: "accepted", document: null });
  },
  LIMIT_MS,
);

async function answerOf(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

async function resourceOf(url: string, uri: string): Promise<unknown> {
  const client = new McpClient({ name: "orders", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`)));
  const { contents } = await client.readResource({ uri });
  await client.close();
  const [content] = contents;
  return content !== undefined && "text" in content ? JSON.parse(content.text) : content;
}

async function openStage() {
  const data = mkdtempSync(join(tmpdir(), "orders-"));
  const erp = await startErp(join(data, "erp.jsonl"));
  const node = await startNode({ data, erp: erp.address }).catch(async (error: unknown) => {
    await erp[Symbol.asyncDispose]();
    throw error;
  });
  return {
    url: node.url,
    erp,
    async [Symbol.asyncDispose]() {
      await node[Symbol.asyncDispose]();
      await erp[Symbol.asyncDispose]();
      rmSync(data, { recursive: true });
    },
  };
}
