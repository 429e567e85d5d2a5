import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import { openGraphql, type TestedRoute } from "./graphql.test.support.ts";

const orders = {
  type: "array",
  items: { title: "Order", type: "object", properties: { id: { type: "string" }, customerId: { type: "string" } }, required: ["id"] },
};
const customer = { title: "Customer", type: "object", properties: { id: { type: "string" }, name: { type: "string" } } };
const calls = {
  type: "array",
  items: {
    type: "object",
    properties: { parent: orders.items, args: { type: "object", properties: { language: { type: "string" } } } },
  },
};

type Calls = readonly { readonly parent: { readonly customerId: string }; readonly args: { readonly language?: string } }[];

function list(length: number): TestedRoute {
  const answer = () => Array.from({ length }, (_, index) => ({ id: `o${index}`, customerId: `c${index}` }));
  return { options: { query: "orders" }, output: orders, answer };
}

function customers(options: object, answer: TestedRoute["answer"] = named): TestedRoute {
  return {
    options: { field: "Order.customer", ...options },
    input: calls,
    output: { type: "array", items: customer },
    ...(answer === undefined ? {} : { answer }),
  };
}

const named: TestedRoute["answer"] = ({ body }) =>
  (body as Calls).map(({ parent, args }) => ({ id: parent.customerId, name: `${parent.customerId} ${args.language ?? "-"}` }));

test("a list of 50 whose items have a batched field costs two calls, not 51", async () => {
  await using node = await openGraphql([list(50), customers({ batch: true })]);
  const reply = await node.ask("{ orders { id customer { name } } }");
  expect(reply).toMatchObject({ data: { orders: { length: 50, 49: { id: "o49", customer: { name: "c49 -" } } } } });
  expect(node.received).toHaveLength(2);
  await node.ask("{ orders { customer { name } } }");
  expect(node.received).toHaveLength(4);
});

test("calls with different arguments go together, and each has its own result", async () => {
  await using node = await openGraphql([list(2), customers({ batch: true })]);
  const reply = await node.ask('{ orders { de: customer(language: "de") { name } fr: customer(language: "fr") { name } } }');
  expect(reply).toMatchObject({
    data: {
      orders: [
        { de: { name: "c0 de" }, fr: { name: "c0 fr" } },
        { de: { name: "c1 de" }, fr: { name: "c1 fr" } },
      ],
    },
  });
  expect(node.received).toHaveLength(2);
});

test("a batch has no more calls than the door says", async () => {
  await using node = await openGraphql([list(25), customers({ batch: 10 })]);
  expect(await node.ask("{ orders { customer { id } } }")).toMatchObject({ data: { orders: { 24: { customer: { id: "c24" } } } } });
  expect(node.received.slice(1).map(({ body }) => (body as Calls).length)).toEqual([10, 10, 5]);
});

test("without batch, each item has a call of its own", async () => {
  const one = { type: "object", properties: { parent: orders.items, args: { type: "object", properties: {} } } };
  const answer: TestedRoute["answer"] = ({ body }) => ({ id: (body as Calls[number]).parent.customerId });
  await using node = await openGraphql([list(3), { options: { field: "Order.customer" }, input: one, output: customer, answer }]);
  expect(await node.ask("{ orders { customer { id } } }")).toMatchObject({ data: { orders: [{ customer: { id: "c0" } }, {}, {}] } });
  expect(node.received).toHaveLength(4);
});

test("queries are batched as well, whatever they are called in the request", async () => {
  const key = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
  await using node = await openGraphql([
    { options: { query: "customer", batch: true }, input: { type: "array", items: key }, output: { type: "array", items: customer } },
  ]);
  expect(await node.ask('{ a: customer(id: "1") { id } b: customer(id: "2") { id } }')).toEqual({
    status: 200,
    data: { a: { id: "1" }, b: { id: "2" } },
  });
  expect(node.received.map(({ body }) => body)).toEqual([[{ id: "1" }, { id: "2" }]]);
});

test("a batch that fails, or is not answered call by call, fails each of its calls", async () => {
  const failing = async (answer: TestedRoute["answer"]) => {
    await using node = await openGraphql([list(2), customers({ batch: true }, answer)]);
    return await node.ask("{ orders { id customer { name } } }");
  };
  const refusal = new PortolanError("PORTOLAN_VALIDATION_FAILED", "no customers today");
  const both = (extensions: object) => [
    { path: ["orders", 0, "customer"], extensions },
    { path: ["orders", 1, "customer"], extensions },
  ];
  expect(await failing(() => Promise.reject(refusal))).toMatchObject({
    data: {
      orders: [
        { id: "o0", customer: null },
        { id: "o1", customer: null },
      ],
    },
    errors: both({ code: "PORTOLAN_VALIDATION_FAILED" }),
  });
  expect(await failing(() => [])).toMatchObject({ errors: both({ status: 500 }) });
  expect(await failing(() => "no list")).toMatchObject({ errors: both({ status: 500 }) });
});

test("requests do not share a batch", async () => {
  await using node = await openGraphql([list(2), customers({ batch: true })]);
  await Promise.all([node.ask("{ orders { customer { id } } }"), node.ask("{ orders { customer { id } } }")]);
  expect(node.received).toHaveLength(4);
});
