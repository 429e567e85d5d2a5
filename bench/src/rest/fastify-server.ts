import { fastify } from "fastify";
import { ORDER_SCHEMA, receiptOf, type Order } from "./order.ts";

const server = fastify({ logger: false });
server.post("/orders", { schema: { body: ORDER_SCHEMA } }, async (request) => receiptOf(request.body as Order));
await server.listen({ port: Number(process.argv[2]), host: "127.0.0.1" });
process.stdout.write("ready\n");
