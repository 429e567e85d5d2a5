/** The same mapping as an expression and as a function written by hand. */
export interface MappingCase {
  readonly text: string;
  readonly byHand: (order: Order) => unknown;
  /** What of the speed of the function written by hand has to be reached. */
  readonly ofByHand?: number;
}

export interface Order {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly date: string;
  readonly customer: { readonly name: string; readonly city: string; readonly vip: boolean };
  readonly lines: readonly Line[];
}

interface Line {
  readonly sku: string;
  readonly kind: string;
  readonly price: number;
  readonly quantity: number;
}

const KINDS = ["book", "toy", "food"];

/** Orders that differ in values, in length and in what they lack, as JSON brings them. */
export const ORDERS: readonly Order[] = Array.from({ length: 256 }, (_, index) => orderOf(index));

function orderOf(index: number): Order {
  const lines = Array.from({ length: 4 + (index % 5) }, (_, line) => ({
    sku: `SKU-${line}`,
    kind: KINDS[(index + line) % KINDS.length],
    price: ((index * 7 + line * 13) % 90) + 0.5,
    quantity: (line % 4) + 1,
  }));
  const order = {
    id: `o-${index}`,
    status: index % 3 === 0 ? "open" : "closed",
    total: (index * 97) % 2_000,
    date: new Date(1_700_000_000_000 + index * 86_400_000).toISOString(),
    customer: { name: `  Customer ${index} `, city: index % 2 === 0 ? "Lisboa" : "Porto", vip: index % 4 === 0 },
    ...(index % 5 === 0 && { note: "with care" }),
    lines,
  };
  // Data from elsewhere are not of the shape that a literal here gives them.
  return JSON.parse(JSON.stringify(order)) as Order;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** One item stays an item, and none is nothing, as in the language. */
function sequence<T>(items: readonly T[]): unknown {
  return items.length > 1 ? items : items[0];
}

export const CASES: Readonly<Record<string, MappingCase>> = {
  predicate: {
    text: 'total > 1000 and status = "open"',
    byHand: (order) => order.total > 1000 && order.status === "open",
    ofByHand: 0.3,
  },
  "predicate in depth": {
    text: 'customer.vip and (customer.city = "Lisboa" or total >= 1500)',
    byHand: ({ customer, total }) => customer.vip && (customer.city === "Lisboa" || total >= 1500),
    ofByHand: 0.3,
  },
  "flat object": {
    text: '{ "orderId": id, "amount": total, "state": status, "city": customer.city, "vip": customer.vip, "source": "shop" }',
    byHand: ({ id, total, status, customer }) => ({
      orderId: id,
      amount: total,
      state: status,
      city: customer.city,
      vip: customer.vip,
      source: "shop",
    }),
    ofByHand: 0.3,
  },
  "path with a predicate": {
    text: "lines[price > 50].sku",
    byHand: ({ lines }) => sequence(lines.filter(({ price }) => price > 50).map(({ sku }) => sku)),
  },
  "objects of a list": {
    text: 'lines.{ "id": sku, "sum": price * quantity }',
    byHand: ({ lines }) => sequence(lines.map(({ sku, price, quantity }) => ({ id: sku, sum: price * quantity }))),
  },
  "group by": {
    text: "lines{ kind: $sum(quantity) }",
    byHand: ({ lines }) => {
      const groups: Record<string, number> = {};
      for (const { kind, quantity } of lines) groups[kind] = (groups[kind] ?? 0) + quantity;
      return groups;
    },
  },
  $map: {
    text: "$map(lines, function($line) { $line.price * $line.quantity })",
    byHand: ({ lines }) => sequence(lines.map((line) => line.price * line.quantity)),
  },
  $reduce: {
    text: "$reduce(lines, function($sum, $line) { $sum + $line.price }, 0)",
    byHand: ({ lines }) => lines.reduce((total, line) => total + line.price, 0),
  },
  "functions of text": {
    text: '$uppercase($trim(customer.name)) & "/" & $substringAfter(id, "-") & $replace(customer.city, "o", "0")',
    byHand: ({ id, customer }) =>
      `${customer.name
        .trim()
        .replaceAll(/[ \t\n\r]+/g, " ")
        .toUpperCase()}/${id.slice(id.indexOf("-") + 1)}${customer.city.replaceAll("o", "0")}`,
  },
  "regular expression": {
    text: "$split(customer.name, /\\s+/)",
    byHand: ({ customer }) => customer.name.split(/\s+/),
  },
  "functions of time": {
    text: '$fromMillis($toMillis(date) + 86400000, "[D01].[M01].[Y0001]")',
    byHand: ({ date }) => {
      const next = new Date(Date.parse(date) + 86_400_000);
      const two = (number: number): string => String(number).padStart(2, "0");
      return `${two(next.getUTCDate())}.${two(next.getUTCMonth() + 1)}.${String(next.getUTCFullYear()).padStart(4, "0")}`;
    },
  },
  order: {
    text: '{ "id": id, "customer": $trim(customer.name), "sum": $sum(lines.(price * quantity)), "open": status = "open", "lines": lines[quantity > 1].{ "sku": sku, "kind": $uppercase(kind) } }',
    byHand: ({ id, customer, lines, status }) => ({
      id,
      customer: customer.name.trim(),
      sum: sum(lines.map(({ price, quantity }) => price * quantity)),
      open: status === "open",
      lines: sequence(lines.filter(({ quantity }) => quantity > 1).map(({ sku, kind }) => ({ sku, kind: kind.toUpperCase() }))),
    }),
  },
};
