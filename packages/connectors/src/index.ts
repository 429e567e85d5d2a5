import type { ConnectorDefinition } from "@portolan/core";
import { fileConnector } from "./file/index.ts";
import { graphqlConnector } from "./graphql/index.ts";
import { kafkaConnector } from "./kafka/index.ts";
import { mcpConnector } from "./mcp/index.ts";
import { natsConnector } from "./nats/index.ts";
import { rabbitmqConnector } from "./rabbitmq/index.ts";
import { redisConnector } from "./redis/index.ts";
import { restConnector } from "./rest/index.ts";
import { scheduleConnector } from "./schedule/index.ts";
import { soapConnector } from "./soap/index.ts";
import { sqlConnector } from "./sql/index.ts";
import { sseConnector } from "./sse/index.ts";
import { stdioConnector } from "./stdio/index.ts";

/** All connectors, as flow files name them. */
export const connectors: readonly ConnectorDefinition[] = [
  fileConnector,
  graphqlConnector,
  kafkaConnector,
  mcpConnector,
  natsConnector,
  rabbitmqConnector,
  redisConnector,
  restConnector,
  scheduleConnector,
  soapConnector,
  sqlConnector,
  sseConnector,
  stdioConnector,
];
