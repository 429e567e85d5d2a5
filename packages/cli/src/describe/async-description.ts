import { readAsyncDocument, type AsyncDocument, type AsyncOperation } from "@portolan/formats/asyncapi";
import type { DescribedOperation, Description } from "./description.ts";
import type { DescribedFiles } from "./read-description.ts";
import { typeOf, typeWords } from "./schema-types.ts";

/** Operations by what the application does, channels that none of them uses, and the schemas and messages that have a type of their own. */
export function describeAsync(document: unknown, files: DescribedFiles): Description {
  const api = readAsyncDocument(document, files);
  const used = new Set(api.operations.map(({ channel }) => channel));
  const inline = Object.entries(api.messages).filter(([name, { payload }]) => typeWords(payload) === "object" && !(name in api.schemas));
  return {
    kind: api.dialect,
    title: api.title,
    version: api.version,
    operations: [
      ...api.operations.map((operation) => operationOf(api, operation)),
      ...api.channels
        .filter(({ name }) => !used.has(name))
        .map((channel) => ({
          name: channel.name,
          call: `channel ${channel.address ?? channel.name}`,
          ...given("input", messageWords(api, channel.messages)),
        })),
    ],
    types: [...Object.entries(api.schemas), ...inline.map(([name, { payload }]) => [name, payload] as const)].map(([name, schema]) =>
      typeOf(name, schema),
    ),
  };
}

/** What is received goes in; what is sent, or sent in reply, comes out. */
function operationOf(api: AsyncDocument, { id, action, channel, messages, reply, summary }: AsyncOperation): DescribedOperation {
  const words = messageWords(api, messages);
  const answer = reply === undefined ? "" : messageWords(api, reply.messages);
  const [input, output] = action === "receive" ? [words, answer] : [answer, words];
  return {
    name: id,
    call: `${action} ${api.channels.find(({ name }) => name === channel)?.address ?? channel}`,
    ...given("input", input),
    ...given("output", output),
    ...(summary === undefined ? {} : { summary }),
  };
}

/** The types of messages, or their names where a type tells nothing. */
function messageWords(api: AsyncDocument, names: readonly string[]): string {
  const words = names.map((name) => {
    const type = typeWords(api.messages[name]?.payload ?? true);
    return type === "any" || type === "object" ? name : type;
  });
  return [...new Set(words)].join(" | ");
}

function given<Key extends "input" | "output">(key: Key, words: string): { readonly [K in Key]?: string } {
  return (words === "" ? {} : { [key]: words }) as { readonly [K in Key]?: string }; // a computed key widens to string
}
