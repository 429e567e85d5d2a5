import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { portOf, type ServerDefinition } from "./definition.ts";
import { program } from "./packages.ts";

const INSTALLED = "/usr/lib/postgresql";

export const postgres: ServerDefinition = {
  name: "postgres",
  title: "PostgreSQL, of Debian",
  ports: { postgres: 5432 },
  addresses: (ports) => ({ POSTGRES_URL: `postgres://postgres@127.0.0.1:${portOf(ports, "postgres")}/postgres` }),
  async prepare(place) {
    const folders = await binFolders();
    const command = await program(place, { name: "postgres", debian: "postgresql", folders });
    const initdb = await program(place, { name: "initdb", debian: "postgresql", folders });
    const look = await program(place, { name: "pg_isready", debian: "postgresql", folders });
    const data = join(place.folder, "data");
    await mkdir(data, { recursive: true });
    // It refuses to run as root.
    const isRoot = process.getuid?.() === 0;
    const as = isRoot
      ? {
          command: await program(place, { name: "setpriv", debian: "util-linux" }),
          args: ["--reuid=postgres", "--regid=postgres", "--clear-groups"],
        }
      : undefined;
    if (isRoot) {
      await giveTo("postgres", data);
      // That user has to get there.
      await chmod(place.folder, 0o711);
    }
    const call = (name: string, args: readonly string[]): [string, string[]] =>
      as === undefined ? [name, [...args]] : [as.command, [...as.args, name, ...args]];
    if (!existsSync(join(data, "PG_VERSION"))) {
      await promisify(execFile)(...call(initdb, ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]), {
        cwd: "/",
      });
    }
    const port = String(portOf(place.ports, "postgres"));
    const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "wal_level=logical"];
    const [name, args] = call(command, ["-D", data, "-p", port, ...settings.flatMap((setting) => ["-c", setting])]);
    return [
      {
        name: "server",
        command: name,
        args,
        ready: portOf(place.ports, "postgres"),
        isReady: () => promisify(execFile)(look, ["-h", "127.0.0.1", "-p", port]).then(() => true),
        stopSignal: "SIGINT",
      },
    ];
  },
};

async function binFolders(): Promise<string[]> {
  const versions = await readdir(INSTALLED).catch((): string[] => []);
  return versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(INSTALLED, version, "bin"));
}

async function giveTo(user: string, folder: string): Promise<void> {
  const id = async (flag: string) => Number((await promisify(execFile)("id", [flag, user])).stdout);
  await chown(folder, await id("-u"), await id("-g"));
}
