import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { portOf, type ServerDefinition } from "./definition.ts";
import { program } from "./packages.ts";

export const mosquitto: ServerDefinition = {
  name: "mosquitto",
  title: "Eclipse Mosquitto, of Debian",
  ports: { mqtt: 1883 },
  addresses: (ports) => ({ MQTT_URL: `mqtt://127.0.0.1:${portOf(ports, "mqtt")}` }),
  async prepare(place) {
    const command = await program(place, { name: "mosquitto", debian: "mosquitto" });
    const data = join(place.folder, "data");
    await mkdir(data, { recursive: true });
    const settings = join(place.folder, "mosquitto.conf");
    // What a client was told to be kept is on disk after a second; as root it would become another user.
    const lines = [
      `listener ${portOf(place.ports, "mqtt")} 127.0.0.1`,
      "allow_anonymous true",
      "persistence true",
      `persistence_location ${data}/`,
      "autosave_interval 1",
      "autosave_on_changes true",
      "max_queued_messages 0",
      ...(process.getuid?.() === 0 ? ["user root"] : []),
    ];
    await writeFile(settings, `${lines.join("\n")}\n`);
    return [{ name: "broker", command, args: ["-c", settings], ready: portOf(place.ports, "mqtt") }];
  },
};
