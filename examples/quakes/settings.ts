import { resolve } from "node:path";

/** Where the example keeps what it reads and writes. The tests give it a folder of their own. */
export const data = resolve(import.meta.dirname, process.env["QUAKES_DATA"] ?? "data");

/** Whom quakes are delivered to. */
export const receiver: `http://${string}` = `http://${process.env["QUAKES_RECEIVER"] ?? "127.0.0.1:7070"}`;
