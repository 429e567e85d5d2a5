/** The body of a request, as both contestants read it. */
export interface Order {
  readonly id: string;
  readonly line: readonly { readonly quantity: number; readonly price: number }[];
}

const line = (sku: string, quantity: number, price: string) =>
  `<o:line><o:sku>${sku}</o:sku><o:quantity>${quantity}</o:quantity><o:price>${price}</o:price></o:line>`;

const LINES = [line("A-1", 2, "9.5"), line("B-20", 1, "120"), line("C-300", 5, "4.25")].join("");

/** An order of so many times three lines. */
export function requestOf(times: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:o="urn:orders"><soap:Body><o:PlaceOrder><o:id>o-1</o:id><o:customer>c-1</o:customer>${LINES.repeat(times)}</o:PlaceOrder></soap:Body></soap:Envelope>`;
}

export function receiptOf({ id, line: lines }: Order) {
  return { orderId: id, status: "accepted", total: lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0) };
}
