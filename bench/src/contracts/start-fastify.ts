import { fastify } from "fastify";
import { orderSchema } from "./schemas.ts";

/** The same of Fastify: `node start-fastify.ts ROUTES`. */
const count = Number(process.argv[2]);
const before = process.cpuUsage();
const server = fastify({ logger: false });
for (let index = 0; index < count; index++)
  server.put(`/orders-${index}/:id`, { schema: { body: orderSchema(index) } }, async (request) => request.body);
await server.listen({ port: 0, host: "127.0.0.1" });
const { user, system } = process.cpuUsage(before);
process.stdout.write(String((user + system) / 1e6));
await server.close();
