import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { portOf, type ServerDefinition } from "./definition.ts";
import { program, unpacked } from "./packages.ts";

const VERSION = "2.40.0";
const USER = "portolan";
const PASSWORD = "portolan";
/** The acceptors of the configuration that is made, by the name of their port. */
const ACCEPTORS = { core: "artemis", amqp: "amqp", stomp: "stomp" };

export const artemis: ServerDefinition = {
  name: "artemis",
  title: `Apache ActiveMQ Artemis ${VERSION}`,
  ports: { core: 61_616, amqp: 5672, stomp: 61_613 },
  addresses: (ports) => ({
    ACTIVEMQ_AMQP: `amqp://${USER}:${PASSWORD}@127.0.0.1:${portOf(ports, "amqp")}`,
    ACTIVEMQ_STOMP: `stomp://${USER}:${PASSWORD}@127.0.0.1:${portOf(ports, "stomp")}`,
    ACTIVEMQ_CORE: `tcp://127.0.0.1:${portOf(ports, "core")}`,
  }),
  async prepare(place) {
    const java = await program(place, { name: "java", debian: "openjdk-17-jre-headless" });
    const home = join(
      await unpacked(place, `artemis-${VERSION}`, `org.apache.activemq:apache-artemis:${VERSION}:zip:bin`),
      `apache-artemis-${VERSION}`,
    );
    const instance = join(place.folder, "broker");
    const base = ["-cp", join(home, "lib", "artemis-boot.jar"), `-Dartemis.home=${home}`];
    if (!existsSync(instance)) {
      await mkdir(place.folder, { recursive: true });
      const options = [
        "--silent",
        "--name",
        "portolan",
        "--host",
        "127.0.0.1",
        "--http-host",
        "127.0.0.1",
        "--user",
        USER,
        "--password",
        PASSWORD,
      ];
      const parts = ["--require-login", "--nio", "--no-autotune", "--no-web", "--no-hornetq-acceptor", "--no-mqtt-acceptor"];
      await promisify(execFile)(java, [...base, "org.apache.activemq.artemis.boot.Artemis", "create", instance, ...options, ...parts]);
    }
    const settings = join(instance, "etc", "broker.xml");
    let xml = await readFile(settings, "utf8");
    for (const [port, acceptor] of Object.entries(ACCEPTORS)) {
      xml = xml.replace(new RegExp(`(<acceptor name="${acceptor}">tcp://127\\.0\\.0\\.1:)\\d+`), `$1${portOf(place.ports, port)}`);
    }
    await writeFile(settings, xml);
    return [
      {
        name: "broker",
        command: java,
        args: [
          "-Xms256m",
          "-Xmx512m",
          "-Dlog4j2.disableJmx=true",
          `-Dlog4j2.configurationFile=${join(instance, "etc", "log4j2.properties")}`,
          "--add-opens",
          "java.base/jdk.internal.misc=ALL-UNNAMED",
          `-Djava.security.auth.login.config=${join(instance, "etc", "login.config")}`,
          `-Dartemis.instance=${instance}`,
          `-Dartemis.instance.etc=${join(instance, "etc")}`,
          `-Ddata.dir=${join(instance, "data")}`,
          `-Djava.io.tmpdir=${join(instance, "tmp")}`,
          ...base,
          "org.apache.activemq.artemis.boot.Artemis",
          "run",
        ],
        ready: portOf(place.ports, "stomp"),
      },
    ];
  },
};
