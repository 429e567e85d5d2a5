import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { listen } from "soap";
import { receiptOf, type Order } from "./order.ts";

/** Npm `soap`, as its README has it. It checks no schema: numbers are read as the document types them, and nothing else is. */
const server = createServer((_request, response) => response.writeHead(404).end());
server.listen(Number(process.argv[2]), "127.0.0.1", () => {
  const wsdl = readFileSync(path.join(import.meta.dirname, "app/orders.wsdl"), "utf8");
  const service = { OrderService: { Orders: { PlaceOrder: (order: Order) => receiptOf(order) } } };
  listen(server, {
    path: "/orders",
    services: service,
    xml: wsdl,
    enableChunkedEncoding: false,
    callback: () => process.stdout.write("ready\n"),
  });
});
