import { resolve } from "node:path";

/** Where the example keeps what it writes. The tests give it a folder of their own. */
export const data = resolve(import.meta.dirname, process.env["ORDERS_DATA"] ?? "data");

/** Where the ERP takes orders. */
export const erpAddress = process.env["ORDERS_ERP"] ?? "http://127.0.0.1:7080/erp";
