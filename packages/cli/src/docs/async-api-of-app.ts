import type { ChannelDefinition, Contract, ContractCheck, RouteDefinition } from "@portolan/core";
import type { AsyncChannel, AsyncDocument, AsyncMessage, AsyncOperation } from "@portolan/formats/asyncapi";
import { createSchemaCollection } from "@portolan/formats/openapi";
import { contractPaths, type LoadedApp } from "@portolan/host";
import { platform } from "../platform.ts";
import { linksOf } from "./app-links.ts";

/** The AsyncAPI description of an app's channels: what each carries, which routes send to it, and which read it. */
export async function asyncApiOfApp({ definition, directory }: LoadedApp, version: string): Promise<AsyncDocument> {
  const contracts = await platform.contracts(directory, contractPaths(definition));
  const compile = (contract: Contract): ContractCheck => contracts.compile(contract);
  const schemas = createSchemaCollection();
  const messages: Record<string, AsyncMessage> = {};
  const channels: AsyncChannel[] = [];
  const deadLetters = new Set([definition.errors, ...definition.channels, ...definition.routes].map(({ deadLetter }) => deadLetter));
  for (const channel of definition.channels) {
    const contract = channel.contract ?? inputOfReader(definition.routes, channel.name);
    const name = `${channel.name}.message`;
    const schema = contract === undefined ? true : (compile(contract).jsonSchema ?? true);
    messages[name] = {
      contentType: "application/json",
      payload: schemas.named(schema, channel.name),
      examples: typeof schema !== "boolean" && Array.isArray(schema["examples"]) ? schema["examples"] : [],
    };
    channels.push({
      name: channel.name,
      address: channel.name,
      description: deadLetters.has(channel.name) ? DEAD_LETTERS : channelWords(channel),
      servers: [],
      messages: [name],
    });
  }
  // Those of the engine are in no list of the app's.
  const known = new Set(channels.map(({ name }) => name));
  const operations = definition.routes.flatMap((route) => operationsOf(route).filter(({ channel }) => known.has(channel)));
  return {
    dialect: "AsyncAPI 3.0.0",
    title: definition.name,
    version,
    servers: [],
    channels,
    operations,
    messages,
    schemas: schemas.all(),
  };
}

function operationsOf(route: RouteDefinition): readonly AsyncOperation[] {
  const { id, from, title, note, tags } = route;
  const operation = (action: AsyncOperation["action"], channel: string): AsyncOperation => ({
    id: `${id}.${action}.${channel}`,
    action,
    channel,
    messages: [`${channel}.message`],
    summary: title,
    description: note,
    tags,
  });
  return [
    ...from.flatMap((source) => (source.kind === "channel" ? [operation("receive", source.channel)] : [])),
    ...linksOf(route).channels.map((channel) => operation("send", channel)),
  ];
}

/** A channel without a contract has what its only reader accepts. */
function inputOfReader(routes: readonly RouteDefinition[], channel: string): Contract | undefined {
  const readers = routes.filter(({ from }) => from.some((source) => source.kind === "channel" && source.channel === channel));
  return readers.length === 1 ? readers[0]?.input : undefined;
}

const DEAD_LETTERS = "Messages that could not be processed, as they came.";

const MODES: Readonly<Record<ChannelDefinition["mode"], string>> = {
  direct: "Handed on at once, within the sender's unit of work.",
  memory: "In memory: what waits in it ends with the process.",
  durable: "Durable: what waits in it survives a crash.",
};

/** What becomes of messages that wait in a channel. */
export function channelWords({ mode, orderedBy }: ChannelDefinition): string {
  return orderedBy === undefined ? MODES[mode] : `${MODES[mode]} Messages of one key are processed one after another.`;
}
