import replyFrom from "@fastify/reply-from";
import { fastify } from "fastify";

const [port = "", upstream = ""] = process.argv.slice(2);
const server = fastify({ logger: false });
await server.register(replyFrom, { base: upstream, undici: { connections: 256 } });
server.get("/items/*", (request, reply) => reply.from(request.url));
await server.listen({ port: Number(port), host: "127.0.0.1" });
process.stdout.write("ready\n");
