import { activemq } from "./activemq.ts";
import { artemis } from "./artemis.ts";
import type { ServerDefinition } from "./definition.ts";
import { kafka, kafkaCluster } from "./kafka.ts";
import { mariadb } from "./mariadb.ts";
import { mosquitto } from "./mosquitto.ts";
import { nats } from "./nats.ts";
import { postgres } from "./postgres.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { redis } from "./redis.ts";

export type { Ports, ServerDefinition, ServerPlace, ServerProgram } from "./definition.ts";
export { endProgram, runningPid, startedPrograms, takesConnections } from "./process.ts";
export { freePorts, startServer, type RunningServer, type StartOptions } from "./start-server.ts";

const ALL: readonly ServerDefinition[] = [kafka, kafkaCluster, artemis, activemq, rabbitmq, mosquitto, nats, redis, postgres, mariadb];

/** Every server that can be started, by name. */
export const SERVERS: ReadonlyMap<string, ServerDefinition> = new Map(ALL.map((server) => [server.name, server]));
