/** The contract of all contestants. */
export const ORDER_SCHEMA = {
  type: "object",
  required: ["id", "customer", "lines"],
  additionalProperties: false,
  properties: {
    id: { type: "string", minLength: 1 },
    customer: { type: "string", minLength: 1 },
    note: { type: "string" },
    lines: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["sku", "quantity", "price"],
        additionalProperties: false,
        properties: {
          sku: { type: "string", pattern: "^[A-Z]-[0-9]+$" },
          quantity: { type: "integer", minimum: 1 },
          price: { type: "number", minimum: 0 },
        },
      },
    },
  },
} as const;

export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[];
}

export const ORDER: Order = {
  id: "o-1",
  customer: "c-1",
  lines: [
    { sku: "A-1", quantity: 2, price: 9.5 },
    { sku: "B-20", quantity: 1, price: 120 },
    { sku: "C-300", quantity: 5, price: 4.25 },
  ],
};

export function receiptOf({ id, lines }: Order) {
  return { orderId: id, status: "accepted", total: lines.reduce((sum, line) => sum + line.quantity * line.price, 0) };
}
