import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { portOf, type ServerDefinition } from "./definition.ts";
import { program } from "./packages.ts";
import { greets } from "./process.ts";

const USER = "root";

export const mariadb: ServerDefinition = {
  name: "mariadb",
  title: "MariaDB, of Debian",
  ports: { mariadb: 3306 },
  addresses: (ports) => ({ MARIADB_URL: `mysql://${USER}@127.0.0.1:${portOf(ports, "mariadb")}/test` }),
  async prepare(place) {
    const command = await program(place, { name: "mariadbd", debian: "mariadb-server" });
    const install = await program(place, { name: "mariadb-install-db", debian: "mariadb-server" });
    const data = join(place.folder, "data");
    await mkdir(data, { recursive: true });
    const user = process.getuid?.() === 0 ? ["--user", USER] : [];
    if (!existsSync(join(data, "mysql"))) {
      await promisify(execFile)(install, ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", ...user]);
    }
    const port = portOf(place.ports, "mariadb");
    const socket = join(place.folder, "socket");
    return [
      {
        name: "server",
        command,
        args: ["--no-defaults", `--datadir=${data}`, "--bind-address=127.0.0.1", `--port=${port}`, `--socket=${socket}`, ...user],
        ready: port,
        // It speaks first.
        isReady: () => greets(port),
      },
    ];
  },
};
