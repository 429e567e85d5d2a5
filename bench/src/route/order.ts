/** What the route of this benchmark takes. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly country: string;
  readonly lines: readonly { readonly sku: string; readonly qty: number; readonly price: number }[];
}

export interface PricedOrder {
  readonly id: string;
  readonly customer: string;
  readonly country: string;
  readonly items: number;
  readonly total: number;
}

export interface ErpOrder {
  readonly orderId: string;
  readonly account: string;
  readonly amount: number;
  readonly approval: Approval;
}

export type Approval = "board" | "manager" | "none";

export const HEADERS = { "content-type": "application/json", "x-debug": "1" };

/** Orders of one to five lines, small, middling and big ones. */
export const ORDERS: readonly Order[] = Array.from({ length: 64 }, (_, index) => ({
  id: `o-${index}`,
  customer: `c-${index % 7}`,
  country: ["DE", "FR", "PT"][index % 3] ?? "DE",
  lines: Array.from({ length: 1 + (index % 5) }, (_line, line) => ({
    sku: `s-${line}`,
    qty: 1 + line,
    price: [9.5, 450, 4200][index % 3] ?? 1,
  })),
}));

export function priced({ id, customer, country, lines }: Order): PricedOrder {
  let items = 0;
  let total = 0;
  for (const line of lines) {
    items += line.qty;
    total += line.qty * line.price;
  }
  return { id, customer, country, items, total };
}

export function forErp({ id, customer, total }: PricedOrder, approval: Approval): ErpOrder {
  return { orderId: id, account: customer, amount: Math.round(total * 100) / 100, approval };
}
