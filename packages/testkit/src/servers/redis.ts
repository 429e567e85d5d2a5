import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { portOf, type ServerDefinition } from "./definition.ts";
import { program } from "./packages.ts";

/** Redis that has every command on disk before it answers: by default it may lose a second. */
export const redis: ServerDefinition = {
  name: "redis",
  title: "Redis, of Debian",
  ports: { redis: 6379 },
  addresses: (ports) => ({ REDIS_URL: `redis://127.0.0.1:${portOf(ports, "redis")}` }),
  async prepare(place) {
    const command = await program(place, { name: "redis-server", debian: "redis-server" });
    const data = join(place.folder, "data");
    await mkdir(data, { recursive: true });
    const settings = {
      bind: "127.0.0.1",
      port: portOf(place.ports, "redis"),
      dir: data,
      appendonly: "yes",
      appendfsync: "always",
      save: "",
    };
    return [
      {
        name: "server",
        command,
        args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
        ready: portOf(place.ports, "redis"),
      },
    ];
  },
};
