import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { PortolanError } from "portolan";
import { type Order, OrderState } from "./contracts.ts";

/** What `getOrder` is answered from: on disk, so that a restart forgets no order. */
export interface OrderBook {
  /** An order that is put again stays as it is, so that it does not matter how often one comes. */
  put(order: Order): void;
  /** The ERP has booked it as this document. It may say so before the order is put. */
  book(id: string, document: string): void;
  /** Throws PORTOLAN_NOT_FOUND if there is none of this id. */
  find(id: string): OrderState;
}

export function openOrderBook(directory: string): OrderBook {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, "orders.db"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID");
  database.exec("CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID");
  const insert = database.prepare("INSERT OR IGNORE INTO orders VALUES (?, ?)");
  const book = database.prepare("INSERT OR REPLACE INTO documents VALUES (?, ?)");
  const select = database.prepare("SELECT body, document FROM orders LEFT JOIN documents USING (id) WHERE id = ?");
  return {
    put(order) {
      insert.run(order.id, JSON.stringify({ ...order, total: totalOf(order) }));
    },
    book(id, document) {
      book.run(id, document);
    },
    find(id) {
      const row = select.get(id);
      if (row === undefined) throw new PortolanError("PORTOLAN_NOT_FOUND", `there is no order ${id}`);
      const document = row["document"];
      return OrderState.parse({ ...JSON.parse(String(row["body"])), document, status: document === null ? "accepted" : "booked" });
    },
  };
}

export function totalOf({ lines }: Order): number {
  return lines.reduce((total, { quantity, price }) => total + quantity * price, 0);
}
