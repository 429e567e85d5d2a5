import { checkApp, loadApp } from "@portolan/host";
import { createTemporaryFolder } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { platform } from "./platform.ts";

const ORDER = {
  type: "object",
  properties: { id: { type: "string" }, total: { type: "number" }, lines: { type: "array", items: { $ref: "#/$defs/line" } } },
  required: ["id", "lines"],
  $defs: { line: { type: "object", properties: { sku: { type: "string" }, price: { type: "number" } }, required: ["sku"] } },
};
const RECEIPT = {
  type: "object",
  properties: { orderId: { type: "string" }, skus: { type: "array", items: { type: "string" } } },
  required: ["orderId"],
  additionalProperties: false,
};

/** The messages of an app with these steps in a route from orders to receipts. */
async function found(steps: readonly unknown[], route: object = {}) {
  await using folder = await createTemporaryFolder();
  await folder.put("order.schema.json", ORDER);
  await folder.put("receipt.schema.json", RECEIPT);
  await folder.put("shop.flow.yaml", {
    channels: { receipts: { contract: "./receipt.schema.json" } },
    routes: {
      place: { input: "./order.schema.json", steps, ...route },
      price: { input: "./order.schema.json", output: "./receipt.schema.json", steps: [{ map: '{ "orderId": body.id }' }] },
    },
  });
  const { errors, warnings } = await checkApp(await loadApp({ path: folder.root, platform, environment: {} }), platform);
  return {
    errors: errors.map(({ path, message }) => `${path}: ${message}`),
    warnings: warnings.map(({ path, message }) => `${path}: ${message}`),
  };
}

const RIGHT = '{ "orderId": body.id, "skus": [body.lines.sku] }';

describe("the body of a route is followed from its input", () => {
  it.each([
    [
      "through steps that leave it as it is",
      [{ log: { message: "body.id" } }, { set: { headers: { a: "body.idd" } } }],
      "steps.1: idd is nothing",
    ],
    ["through a gate", [{ filter: { when: "body.total > 5" } }, { map: "body.totl" }], "steps.1: totl is nothing"],
    ["into the arms of a choice", [{ choice: { when: [{ when: "body.x", steps: [] }] } }], "steps.0: x is nothing"],
    ["behind a mapping", [{ map: RIGHT }, { map: "body.id" }], "steps.1: id is nothing: what is known here has orderId, skus"],
    ["into the parts of a split", [{ split: { by: "body.lines", steps: [{ log: { message: "body.skuu" } }] } }], "skuu is nothing"],
    [
      "behind a split that makes a list",
      [{ split: { by: "body.lines", combine: "list", steps: [] } }, { map: "body.skuu" }],
      "skuu is nothing",
    ],
    [
      "into groups and branches",
      [{ group: { name: "g", steps: [{ multicast: { branches: { a: [{ map: "body.idd" }] } } }] } }],
      "idd is nothing",
    ],
    [
      "behind a called route",
      [{ call: { route: "price" } }, { map: "body.id" }],
      "steps.1: id is nothing: what is known here has orderId, skus",
    ],
    ["into a mapping table", [{ map: { table: [{ to: "a", from: "body.idd" }] } }], "steps.0: idd is nothing"],
  ])("%s", async (_name, steps, warning) => {
    expect(await found(steps)).toEqual({ errors: [], warnings: [expect.stringContaining(warning)] });
  });

  it.each([
    ["a reply of an outside system", [{ call: { rest: { get: "https://x.example/" } } }, { map: "body.whatever" }]],
    ["a loop, whose body changes", [{ loop: { times: 2, steps: [{ map: "body.next" }] } }, { map: "body.next" }]],
    ["what a catch gets", [{ try: { steps: [], catch: [{ match: { when: "body.x" }, steps: [{ map: "body.y" }] }] } }]],
    ["a fold", [{ split: { by: "body.lines", steps: [], combine: { fold: "acc + body.price", initial: "0" } } }]],
    ["an aggregation", [{ aggregate: { key: "body.anything", complete: { size: 2 } } }, { map: "body.other" }]],
  ])("%s is not known", async (_name, steps) => {
    expect(await found(steps)).toEqual({ errors: [], warnings: [] });
  });
});

describe("what a route makes is compared with", () => {
  it("its output", async () => {
    const output = "./receipt.schema.json";
    expect(await found([{ map: RIGHT }], { output })).toEqual({ errors: [], warnings: [] });
    expect(await found([{ map: '{ "id": body.id }' }], { output })).toEqual({
      errors: [
        "routes.place.steps.0: orderId does not fit the route's output: is missing",
        "routes.place.steps.0: id does not fit the route's output: is not allowed",
      ],
      warnings: [],
    });
    expect(await found([{ map: '{ "orderId": body.id, "skus": body.lines.sku }' }], { output })).toEqual({
      errors: [],
      warnings: [expect.stringContaining("skus does not fit the route's output: for some messages: expected array, found string")],
    });
  });

  it("the contract of a channel", async () => {
    expect((await found([{ map: '{ "id": 1 }' }, { to: { channel: "receipts" } }])).errors).toContainEqual(
      "routes.place.steps.1: orderId does not fit the contract of the channel receipts: is missing",
    );
  });

  it("the input of a route", async () => {
    expect((await found([{ map: "body.id" }, { to: { route: "price" } }])).errors).toEqual([
      "routes.place.steps.1: the body does not fit the input of the route price: expected object, found string",
    ]);
  });
});

it("a function that does not exist is an error, whatever is known of the body", async () => {
  expect(await found([{ aggregate: { key: "$uper(body.id)", complete: { size: 2 } } }])).toEqual({
    errors: ["routes.place.steps.0: there is no function $uper (column 1)"],
    warnings: [],
  });
});

it.each([
  ["as it stands", ORDER],
  ["as a definition holds it, which was taken for a schema that accepts everything", { jsonSchema: ORDER }],
])("a contract is a JSON Schema %s", async (_name, input) => {
  expect((await found([{ map: "body.idd" }], { input })).warnings).toEqual([expect.stringContaining("idd is nothing")]);
});
