import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { portOf, type ServerDefinition } from "./definition.ts";
import { program } from "./packages.ts";

/** NATS with JetStream. Its disk is synchronised with each message, where the version can: by default it is every two minutes. */
export const nats: ServerDefinition = {
  name: "nats",
  title: "NATS with JetStream, of Debian",
  ports: { nats: 4222 },
  addresses: (ports) => ({ NATS_URL: `nats://127.0.0.1:${portOf(ports, "nats")}` }),
  async prepare(place) {
    const command = await program(place, { name: "nats-server", debian: "nats-server" });
    const settings = join(place.folder, "nats.conf");
    const lines = [`listen: "127.0.0.1:${portOf(place.ports, "nats")}"`, `jetstream { store_dir: "${join(place.folder, "data")}" }`];
    await writeFile(settings, `${lines.join("\n")}\n`);
    return [{ name: "server", command, args: ["-c", settings], ready: portOf(place.ports, "nats") }];
  },
};
