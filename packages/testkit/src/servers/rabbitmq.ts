import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { portOf, type ServerDefinition } from "./definition.ts";
import { program } from "./packages.ts";

export const rabbitmq: ServerDefinition = {
  name: "rabbitmq",
  title: "RabbitMQ, of Debian",
  ports: { amqp: 5672, distribution: 25_672, epmd: 4369 },
  addresses: (ports) => ({ RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${portOf(ports, "amqp")}` }),
  async prepare(place) {
    // Debian's wrapper changes to a user of its own; the script that it calls does not.
    const command = await program(place, { name: "rabbitmq-server", debian: "rabbitmq-server", folders: ["/usr/lib/rabbitmq/bin"] });
    const epmd = await program(place, { name: "epmd", debian: "erlang-base" });
    const epmdPort = portOf(place.ports, "epmd");
    const settings = join(place.folder, "rabbitmq.conf");
    await writeFile(settings, `listeners.tcp.1 = 127.0.0.1:${portOf(place.ports, "amqp")}\nloopback_users = none\n`);
    await writeFile(join(place.folder, "plugins"), "[].\n");
    return [
      // The broker would leave one behind that nobody ends.
      { name: "epmd", command: epmd, args: ["-port", String(epmdPort), "-address", "127.0.0.1"], ready: epmdPort },
      {
        name: "broker",
        command,
        args: [],
        env: {
          HOME: place.folder,
          ERL_EPMD_ADDRESS: "127.0.0.1",
          ERL_EPMD_PORT: String(epmdPort),
          RABBITMQ_CONFIG_FILE: settings,
          RABBITMQ_DIST_PORT: String(portOf(place.ports, "distribution")),
          RABBITMQ_ENABLED_PLUGINS_FILE: join(place.folder, "plugins"),
          RABBITMQ_LOG_BASE: place.folder,
          RABBITMQ_LOGS: "-",
          RABBITMQ_MNESIA_BASE: join(place.folder, "data"),
          RABBITMQ_NODENAME: `portolan-${portOf(place.ports, "amqp")}@localhost`,
          RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
          RABBITMQ_NODE_PORT: String(portOf(place.ports, "amqp")),
          RABBITMQ_PID_FILE: join(place.folder, "erlang-pid"),
        },
        ready: portOf(place.ports, "amqp"),
      },
    ];
  },
};
