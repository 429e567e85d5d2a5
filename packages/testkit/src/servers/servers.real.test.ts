import { expect, test } from "vitest";
import { createTemporaryFolder } from "../temporary-folder.ts";
import { SERVERS, startServer, takesConnections } from "./index.ts";

const LIMIT_MS = 180_000;

test.each(["kafka", "mosquitto", "nats", "redis", "postgres", "mariadb"])(
  "%s starts, survives being killed, and stops",
  async (name) => {
    await using folder = await createTemporaryFolder();
    const definition = SERVERS.get(name);
    if (definition === undefined) throw new Error(`there is no server ${name}`);
    await using server = await startServer(definition, { folder: folder.root });
    const ports = Object.values(server.ports);
    const listening = () => Promise.all(ports.map(takesConnections));
    expect(await listening()).toEqual(ports.map(() => true));
    await server.kill();
    expect(await listening()).toEqual(ports.map(() => false));
    await server.start();
    expect(await listening()).toEqual(ports.map(() => true));
    await server.stop();
    expect(await listening()).toEqual(ports.map(() => false));
  },
  LIMIT_MS,
);

test(
  "a server that does not start says why, with the end of its log",
  async () => {
    await using folder = await createTemporaryFolder();
    const redis = SERVERS.get("redis");
    if (redis === undefined) throw new Error("there is no server redis");
    const broken = {
      ...redis,
      prepare: async (place: Parameters<typeof redis.prepare>[0]) =>
        (await redis.prepare(place)).map((program) => ({ ...program, args: ["--port", "many"] })),
    };
    await expect(startServer(broken, { folder: folder.root })).rejects.toThrow(/server ended before it was ready[\s\S]*"many"/);
  },
  LIMIT_MS,
);
