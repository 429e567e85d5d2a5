/** The contract of one of many routes: an order with its lines, in each route another one. */
export function orderSchema(index: number) {
  return {
    type: "object",
    title: `Order${index}`,
    properties: {
      id: { type: "string", minLength: 1 },
      customer: { type: "string", maxLength: 40 + (index % 60) },
      placed: { type: "string", format: "date-time" },
      currency: { enum: ["EUR", "USD", `X${index}`] },
      total: { type: "number", minimum: 0 },
      note: { type: "string" },
      lines: {
        type: "array",
        minItems: 1,
        items: {
          type: "object",
          properties: {
            sku: { type: "string", pattern: "^[A-Z]-[0-9]+$" },
            quantity: { type: "integer", minimum: 1 },
            price: { type: "number" },
          },
          required: ["sku", "quantity"],
          additionalProperties: false,
        },
      },
    },
    required: ["id", "customer", "lines"],
    additionalProperties: false,
  };
}

/** An API description with so many operations. */
export function ordersDocument(count: number) {
  const paths = Array.from({ length: count }, (_, index) => [
    `/orders-${index}/{id}`,
    {
      put: {
        operationId: `put${index}`,
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
        requestBody: { required: true, content: { "application/json": { schema: { $ref: `#/components/schemas/Order${index}` } } } },
        responses: {
          200: { description: "put", content: { "application/json": { schema: { $ref: `#/components/schemas/Order${index}` } } } },
        },
      },
    },
  ]);
  const schemas = Array.from({ length: count }, (_, index) => [`Order${index}`, orderSchema(index)]);
  return {
    openapi: "3.1.0",
    info: { title: "Orders", version: "1" },
    paths: Object.fromEntries(paths) as unknown,
    components: { schemas: Object.fromEntries(schemas) as unknown },
  };
}
