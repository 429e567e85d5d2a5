import { asMissingPackage, PortolanError } from "@portolan/core";
import type { BaseOptions } from "@platformatic/kafka";
import type { ConnectionOptions } from "./options.ts";

export type KafkaModule = typeof import("@platformatic/kafka");

/** The client, an optional package, loaded when the first source or target of Kafka opens. */
export async function loadKafka(): Promise<KafkaModule> {
  try {
    return await import("@platformatic/kafka");
  } catch (error) {
    throw asMissingPackage(error, "the connector kafka", ["@platformatic/kafka"]);
  }
}

/** What all clients of one connection are made with. What fails is tried again by us, who can say so, and not in silence by the client. */
export function clientSettings({ brokers, clientId, sasl, tls, timeout }: ConnectionOptions): BaseOptions {
  return {
    clientId,
    bootstrapBrokers: brokerList(brokers),
    connectTimeout: timeout,
    requestTimeout: timeout,
    timeout,
    retries: 2,
    retryDelay: 100,
    ...(sasl === undefined ? {} : { sasl: given(sasl) }),
    ...(tls === undefined ? {} : { tls: given(tls) }),
  };
}

/** `a:9092,b:9092`, or a list of such texts. */
export function brokerList(brokers: readonly string[]): string[] {
  const list = brokers
    .flatMap((text) => text.split(","))
    .map((broker) => broker.trim())
    .filter(Boolean);
  const wrong = list.filter((broker) => !/^(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}$/.test(broker));
  if (list.length > 0 && wrong.length === 0) return list;
  const found = wrong.length > 0 ? JSON.stringify(wrong[0]) : "nothing";
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `brokers of Kafka are named host:port, found ${found}`, {
    hint: "such as kafka-1:9092,kafka-2:9092",
  });
}

type Given<Options> = { [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** The client takes no undefined for what is left out. */
function given<Options extends object>(options: Options): Given<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<Options>;
}
