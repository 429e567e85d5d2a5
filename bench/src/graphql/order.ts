export const ORDER_KEY = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };

export const ORDER = {
  title: "Order",
  type: "object",
  properties: {
    id: { type: "string" },
    total: { type: "number" },
    lines: {
      type: "array",
      items: {
        title: "Line",
        type: "object",
        properties: { sku: { type: "string" }, quantity: { type: "integer" }, price: { type: "number" } },
        required: ["sku", "quantity", "price"],
      },
    },
  },
  required: ["id", "total", "lines"],
};

/** The schema that the two contracts make. */
export const SDL = `
type Query { order(id: ID!): Order }
type Order { id: ID! total: Float! lines: [Line!]! }
type Line { sku: String! quantity: Int! price: Float! }
`;

export const QUERY = "query ($id: ID!) { order(id: $id) { id total lines { sku quantity price } } }";

export function orderOf(id: string) {
  const lines = [1, 2, 3, 4, 5].map((quantity) => ({ sku: `sku-${quantity}`, quantity, price: 2.5 }));
  return { id, total: 37.5, lines };
}
