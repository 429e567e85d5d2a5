import type { ContractCompiler, Finding } from "@portolan/core";
import type { AsyncDocument, AsyncOperation } from "@portolan/formats/asyncapi";
import { standaloneSchema, type ApiSchema } from "@portolan/formats/openapi";

type Compare = NonNullable<ContractCompiler["compare"]>;

/** What breaks those who send to an app's channels or read them, and know `before`, when they meet `after`. What waits in channels is told by their contracts. */
export function brokenMessages(before: AsyncDocument, after: AsyncDocument, compare: Compare): readonly Finding[] {
  const next = new Set(after.channels.map(({ name }) => name));
  return before.channels.flatMap(({ name }) => {
    const path = `asyncapi.json: channel ${name}`;
    const finding = (message: string): Finding => ({ path, message: `AsyncAPI, channel ${name}: ${message}`, hint: HINT });
    const actions = new Set(actionsOf(before, name));
    if (!next.has(name)) return actions.size === 0 ? [] : [finding("it is gone")];
    const left = new Set(actionsOf(after, name));
    const lost = [...actions]
      .filter((action) => !left.has(action))
      .map((action) => finding(action === "send" ? "nothing is sent to it any more" : "nothing reads it any more"));
    // Readers know what was sent before, and get what is sent now.
    const faults =
      actions.has("send") && left.has("send") ? compare(payloadOf(after, name), payloadOf(before, name), { limits: true }) : [];
    return [...lost, ...faults.map((one) => finding(`its messages: ${one.path === "" ? "" : `${one.path}: `}${one.message}`))];
  });
}

const HINT = "keep what others send and read; add an optional field or a new channel instead";

function actionsOf({ operations }: AsyncDocument, channel: string): readonly AsyncOperation["action"][] {
  return operations.filter((operation) => operation.channel === channel).map(({ action }) => action);
}

function payloadOf({ channels, messages, schemas }: AsyncDocument, channel: string): ApiSchema {
  const [name = ""] = channels.find((one) => one.name === channel)?.messages ?? [];
  return standaloneSchema(messages[name]?.payload ?? true, schemas);
}
