import { readFile, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { command } from "../../io.test.support.ts";

const FLOW = `
systems: { erp: { title: SAP ERP, owner: finance } }
channels:
  orders: { contract: order.json, orderedBy: body.id }
routes:
  placeOrder:
    title: Places an order <at once>.
    input: order.json
    output: { type: object, required: [order], properties: { order: { type: string } } }
    from: [{ rest: { post: /orders, status: 201, policies: { rateLimit: { requests: 9, per: 1s } } } }, { mcp: { tool: placeOrder } }]
    onError: [{ match: { kind: transient }, retry: { attempts: 4, delay: 2s }, outcome: deadLetter }]
    steps:
      - choice:
          when: [{ when: body.total > 100, steps: [{ call: { rest: { post: "\${ERP_URL}/checks" }, system: erp } }] }]
          otherwise: [{ to: { channel: orders } }]
      - map: '{ "order": body.id }'
  deliver: { from: [{ channel: orders }], steps: [{ to: { rest: { post: "\${ERP_URL}/orders" }, system: erp } }] }
`;
const ORDER = {
  title: "Order",
  type: "object",
  required: ["id", "lines"],
  properties: {
    id: { type: "string", minLength: 1, description: "The number." },
    total: { type: "number" },
    lines: { type: "array", items: { $ref: "#/$defs/Line" } },
  },
  $defs: {
    Line: {
      type: "object",
      properties: { sku: { type: "string", pattern: "^[A-Z]+$" }, parts: { type: "array", items: { $ref: "#/$defs/Line" } } },
    },
  },
};
const CASE = `
case: place
note: An order of Ada's
targets: { "rest:POST \${ERP_URL}/checks": { reply: { body: { id: checked } } } }
send:
  - { route: placeOrder, mode: request, body: { id: "a<b", lines: [] } }
  - { route: placeOrder, mode: request, body: { id: "2", total: 101, lines: [] } }
  - { route: placeOrder, mode: request, body: { id: "" } }
expect: { sends: { 2: { fails: { kind: invalid } } } }
`;

async function site() {
  await using folder = await createTemporaryFolder();
  await folder.put("shop/orders.flow.yaml", FLOW);
  await folder.put("shop/order.json", JSON.stringify(ORDER));
  await folder.put("shop/place.case.yaml", CASE);
  const outcome = await command(["docs", "shop", "--out", "site", "--api-version", "2.1"], { directory: folder.root });
  const root = folder.path("site");
  const files = (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name));
  const texts = new Map(
    await Promise.all(files.map(async (file) => [relative(root, file).replaceAll("\\", "/"), await readFile(file, "utf8")] as const)),
  );
  return { outcome, texts };
}

test("docs makes a site whose links all lead somewhere, and which loads nothing from elsewhere", async () => {
  const { outcome, texts } = await site();
  expect(outcome).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("wrote site/index.html and its pages") });
  expect([...texts.keys()].filter((name) => name.endsWith(".html")).toSorted()).toEqual([
    "asyncapi.yaml.html",
    "channels.html",
    "errors.html",
    "index.html",
    "mcp-tools.json.html",
    "rest.html",
    "routes/deliver.html",
    "routes/placeOrder.html",
    "systems.html",
  ]);
  const broken = [...texts]
    .filter(([name]) => name.endsWith(".html"))
    .flatMap(([name, text]) =>
      [...text.matchAll(/(?:href|src)="([^"]*)"/g)].flatMap(([, link = ""]) => {
        const [path = "", place] = link.split("#");
        const target = path === "" ? name : join(dirname(name), path).replaceAll("\\", "/");
        const found = texts.get(target);
        return found !== undefined && (place === undefined || found.includes(`id="${place}"`)) ? [] : [`${name}: ${link}`];
      }),
    );
  expect(broken).toEqual([]);
  const foreign = [...texts.values()].flatMap((text) =>
    [...text.matchAll(/(?:src|href|url\(|import|fetch\()[="'( ]*(?:https?:)?\/\/[^"' )]*/g)].map(([found]) => found),
  );
  expect(foreign).toEqual([]);
});

test("the page of a route has its contract, doors, steps with their ways, errors, policies, and examples with their real answers", async () => {
  const { texts } = await site();
  const page = texts.get("routes/placeOrder.html") ?? "";
  const text = page.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  expect(page).toContain("Places an order &lt;at once&gt;.");
  for (const words of [
    "POST /orders",
    "lines[].sku string matches ^[A-Z]+$",
    "id string yes The number. at least 1 character",
    "body.total &gt; 100",
    "rest: POST ${ERP_URL}/checks",
    "rateLimit",
    "transient 4 attempts after 2s dead letter",
    "An order of Ada&#39;s (1)",
    "400 A body breaks its contract.",
  ])
    expect(text).toContain(words);
  // What came of the examples: the second order got the reply of the case's target.
  expect(text).toMatch(/201 \{ &quot;order&quot;: &quot;a&lt;b&quot; \}/);
  expect(text).toMatch(/201 \{ &quot;order&quot;: &quot;checked&quot; \}/);
  expect(page.match(/<svg /g)).toHaveLength(1);
});

test("the search knows every page by its words", async () => {
  const { texts } = await site();
  const [, entries = "[]"] = /^window\.PORTOLAN_PAGES = (.*);\n$/s.exec(texts.get("assets/pages.js") ?? "") ?? [];
  const pages = JSON.parse(entries) as readonly { readonly url: string; readonly text: string }[];
  expect(pages.filter(({ text }) => text.includes("sap erp")).map(({ url }) => url)).toEqual(["index.html", "systems.html"]);
});

test("documents do not depend on the machine: variables are named, and their values are not read", async () => {
  const { texts } = await site();
  expect(texts.get("systems.html")).toContain("rest: POST ${ERP_URL}/orders");
  expect([...texts.values()].filter((text) => text.includes("erp_url.test"))).toEqual([]);
});
