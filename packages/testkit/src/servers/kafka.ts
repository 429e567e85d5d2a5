import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Ports, portOf, type ServerDefinition, type ServerPlace, type ServerProgram } from "./definition.ts";
import { jars, program } from "./packages.ts";

const VERSION = "4.2.1";
const LOG4J = "2.26.1";
const CLUSTER_ID = "cG9ydG9sYW4tc2VydmVycw";

/** One broker that is its own controller (KRaft). */
export const kafka: ServerDefinition = {
  name: "kafka",
  title: `Apache Kafka ${VERSION}, one broker`,
  ports: { broker: 9092, controller: 9093 },
  addresses: (ports) => ({ KAFKA_BROKERS: `127.0.0.1:${portOf(ports, "broker")}` }),
  prepare: (place) => prepare(place, [1]),
};

/** Three brokers that are their own controllers; topics have three replicas, of which two must have a message. */
export const kafkaCluster: ServerDefinition = {
  name: "kafka-cluster",
  title: `Apache Kafka ${VERSION}, three brokers`,
  ports: { broker1: 9192, controller1: 9193, broker2: 9292, controller2: 9293, broker3: 9392, controller3: 9393 },
  addresses: (ports) => ({ KAFKA_BROKERS: [1, 2, 3].map((node) => `127.0.0.1:${portOf(ports, `broker${node}`)}`).join(",") }),
  prepare: (place) => prepare(place, [1, 2, 3]),
};

async function prepare(place: ServerPlace, nodes: readonly number[]): Promise<ServerProgram[]> {
  const java = await program(place, { name: "java", debian: "openjdk-17-jre-headless" });
  const libraries = await jars(place, {
    name: `kafka-${VERSION}`,
    artifacts: [
      `org.apache.kafka:kafka_2.13:${VERSION}`,
      `org.apache.logging.log4j:log4j-core:${LOG4J}`,
      `org.apache.logging.log4j:log4j-slf4j2-impl:${LOG4J}`,
    ],
    versions: ["org.slf4j:slf4j-api:2.0.20"],
  });
  await mkdir(place.folder, { recursive: true });
  await writeFile(join(place.folder, "log4j2.xml"), LOGGING);
  return Promise.all(
    nodes.map(async (node): Promise<ServerProgram> => {
      const own = nodes.length === 1 ? "" : String(node);
      const folder = join(place.folder, `data${own}`);
      const properties = join(place.folder, `server${own}.properties`);
      await writeFile(properties, settings(place.ports, { node, nodes, folder }));
      const args = [
        "-Xms256m",
        "-Xmx512m",
        "-XX:+UseG1GC",
        `-Dlog4j2.configurationFile=${join(place.folder, "log4j2.xml")}`,
        `-Dkafka.logs.dir=${join(place.folder, "logs")}`,
        "-cp",
        join(libraries, "*"),
      ];
      if (!existsSync(join(folder, "meta.properties"))) {
        const controllers = nodes.map((one) => `${one}@127.0.0.1:${controllerPort(place.ports, nodes, one)}:${directoryId(one)}`);
        const quorum = nodes.length === 1 ? ["--standalone"] : ["--initial-controllers", controllers.join(",")];
        await promisify(execFile)(java, [...args, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", properties, ...quorum]);
      }
      return {
        name: `broker${own}`,
        command: java,
        args: [...args, "kafka.Kafka", properties],
        ready: brokerPort(place.ports, nodes, node),
      };
    }),
  );
}

interface Node {
  readonly node: number;
  readonly nodes: readonly number[];
  readonly folder: string;
}

function settings(ports: Ports, { node, nodes, folder }: Node): string {
  const broker = `127.0.0.1:${brokerPort(ports, nodes, node)}`;
  const controller = `127.0.0.1:${controllerPort(ports, nodes, node)}`;
  const replicas = nodes.length;
  const inSync = Math.min(2, replicas);
  return Object.entries({
    "process.roles": "broker,controller",
    "node.id": node,
    "controller.quorum.bootstrap.servers": nodes.map((one) => `127.0.0.1:${controllerPort(ports, nodes, one)}`).join(","),
    listeners: `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    "advertised.listeners": `PLAINTEXT://${broker},CONTROLLER://${controller}`,
    "inter.broker.listener.name": "PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "log.dirs": folder,
    "default.replication.factor": replicas,
    "min.insync.replicas": inSync,
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.replication.factor": replicas,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.replication.factor": replicas,
    "share.coordinator.state.topic.min.isr": inSync,
    // Few partitions and no wait for further members: a test starts sooner.
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.num.partitions": 4,
    "group.initial.rebalance.delay.ms": 0,
    // A broker that was killed may come back sooner.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function brokerPort(ports: Ports, nodes: readonly number[], node: number): number {
  return portOf(ports, nodes.length === 1 ? "broker" : `broker${node}`);
}

function controllerPort(ports: Ports, nodes: readonly number[], node: number): number {
  return portOf(ports, nodes.length === 1 ? "controller" : `controller${node}`);
}

/** Controllers know one another's folders by such an id: 16 bytes in base64url. */
function directoryId(node: number): string {
  return Buffer.alloc(16, node + 64).toString("base64url");
}

const LOGGING = `<Configuration><Appenders><Console name="C" target="SYSTEM_ERR"><PatternLayout pattern="[%d] %p %m (%c)%n"/></Console></Appenders>
<Loggers><Root level="WARN"><AppenderRef ref="C"/></Root></Loggers></Configuration>
`;
