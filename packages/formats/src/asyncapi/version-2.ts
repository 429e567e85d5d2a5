import { isRecord } from "@portolan/core";
import { text } from "../openapi/parts.ts";
import type { Part, References } from "../openapi/references.ts";
import { unreadable } from "../openapi/unreadable.ts";
import type { AsyncChannel, AsyncDocument, AsyncOperation } from "./async-document.ts";
import { entriesOf, itemsOf, recordOf, tagsOf, traitReader } from "./parts.ts";
import type { MessageReader } from "./read-messages.ts";

/** What clients publish the application receives, and it sends what they subscribe to. */
const ACTIONS = { publish: "receive", subscribe: "send" } as const;

/** The channels and operations of AsyncAPI 2. */
export function readVersion2(references: References, messages: MessageReader): Pick<AsyncDocument, "channels" | "operations"> {
  const channels: AsyncChannel[] = [];
  const operations: AsyncOperation[] = [];
  const ids = new Set<string>();
  const root = references.child(references.root, "channels");
  if (root.value === undefined) throw unreadable("it has no channels", "version 2 has at least an empty map of them");
  for (const [address, part] of entriesOf(references, root)) {
    const { description, servers } = recordOf(part, `channels.${address}`);
    const own = (["publish", "subscribe"] as const).flatMap((key) => {
      const operation = references.child(part, key);
      return operation.value === undefined ? [] : [operationOf(key, address, operation)];
    });
    operations.push(...own);
    channels.push({
      name: address,
      address,
      description: text(description),
      servers: Array.isArray(servers) ? servers.filter((one) => typeof one === "string") : [],
      messages: [...new Set(own.flatMap((operation) => operation.messages))],
    });
  }
  return { channels, operations };

  function operationOf(key: keyof typeof ACTIONS, address: string, part: Part): AsyncOperation {
    const place = `channels.${address}.${key}`;
    recordOf(part, place);
    const trait = traitReader(references, part, 2);
    const wanted = text(trait.read("operationId").value) ?? `${ACTIONS[key]} ${address}`;
    if (ids.has(wanted)) throw unreadable(`${place}: there are two operations ${wanted}`, "each has an operationId of its own");
    ids.add(wanted);
    const message = references.child(part, "message");
    return {
      id: wanted,
      action: ACTIONS[key],
      channel: address,
      messages: message.value === undefined ? [] : messagesOf(message, wanted, place),
      summary: text(trait.read("summary").value),
      description: text(trait.read("description").value),
      tags: tagsOf(trait.read("tags").value),
    };
  }

  /** One message, or one of several. */
  function messagesOf(part: Part, wanted: string, place: string): readonly string[] {
    const several = references.child(part, "oneOf");
    if (!isRecord(part.value) || several.value === undefined) return [messages.read(part, `${wanted}Message`)];
    return itemsOf(references, several, `${place}.message.oneOf`).map((one, index) => messages.read(one, `${wanted}Message${index + 1}`));
  }
}
