import { isRecord } from "@portolan/core";
import { text } from "../openapi/parts.ts";
import type { Part, References } from "../openapi/references.ts";
import { unreadable } from "../openapi/unreadable.ts";
import type { AsyncChannel, AsyncDocument, AsyncOperation } from "./async-document.ts";
import { entriesOf, identityOf, itemsOf, recordOf, tagsOf, traitReader } from "./parts.ts";
import type { MessageReader } from "./read-messages.ts";

/** The channels and operations of AsyncAPI 3. */
export function readVersion3(references: References, messages: MessageReader): Pick<AsyncDocument, "channels" | "operations"> {
  const byIdentity = new Map<string, AsyncChannel>();
  for (const [name, part] of entriesOf(references, references.child(references.root, "channels")))
    byIdentity.set(identityOf(part), channelOf(name, part));

  function channelOf(name: string, part: Part): AsyncChannel {
    const { address, title, description, summary } = recordOf(part, `channels.${name}`);
    const servers = itemsOf(references, references.child(part, "servers"), `channels.${name}.servers`);
    return {
      name,
      address: text(address),
      description: text(description) ?? text(summary) ?? text(title),
      servers: servers.map(lastName),
      messages: entriesOf(references, references.child(part, "messages")).map(([key, message]) => messages.read(message, key)),
    };
  }

  function channelAt(part: Part, place: string): AsyncChannel {
    const channel = byIdentity.get(identityOf(part));
    if (channel !== undefined) return channel;
    throw unreadable(`${place} does not lead to a channel of the document`, "it is a reference such as { $ref: '#/channels/orders' }");
  }

  function messagesOf(part: Part, channel: AsyncChannel | undefined, place: string): readonly string[] {
    // Left out, it is all messages of the channel.
    if (part.value === undefined) return channel?.messages ?? [];
    return itemsOf(references, part, place).map((message) => {
      const name = messages.read(message, lastName(message));
      if (channel === undefined || channel.messages.includes(name)) return name;
      throw unreadable(`${place}: ${name} is no message of the channel ${channel.name}`, "an operation refers to messages of its channel");
    });
  }

  function operationOf(id: string, part: Part): AsyncOperation {
    const place = `operations.${id}`;
    const trait = traitReader(references, part, 3);
    const { action } = recordOf(part, place);
    if (action !== "send" && action !== "receive")
      throw unreadable(`${place}.action: expected send or receive, found ${JSON.stringify(action)}`);
    const channel = channelAt(references.child(part, "channel"), `${place}.channel`);
    return {
      id,
      action,
      channel: channel.name,
      messages: messagesOf(references.child(part, "messages"), channel, `${place}.messages`),
      summary: text(trait.read("summary").value) ?? text(trait.read("title").value),
      description: text(trait.read("description").value),
      tags: tagsOf(trait.read("tags").value),
      reply: replyOf(references.child(part, "reply"), `${place}.reply`),
    };
  }

  function replyOf(part: Part, place: string): AsyncOperation["reply"] {
    if (!isRecord(part.value)) return undefined;
    const at = references.child(part, "channel");
    const channel = at.value === undefined ? undefined : channelAt(at, `${place}.channel`);
    const names = messagesOf(references.child(part, "messages"), channel, `${place}.messages`);
    return { ...(channel === undefined ? {} : { channel: channel.name }), messages: names };
  }

  const operations = entriesOf(references, references.child(references.root, "operations")).map(([id, part]) => operationOf(id, part));
  return { channels: [...byIdentity.values()], operations };
}

function lastName({ pointer }: Part): string {
  return pointer.slice(pointer.lastIndexOf("/") + 1);
}
