import type { ClaimAnswer, Delivery, DeliveryRef, Effect, JournalEntry, StagedAppend } from "@portolan/core";
import { hasFailed } from "../journal-outcome.ts";
import { decodeNested, encodeJson, encodeNested } from "./body-codec.ts";
import type { MessageCodec } from "./message-codec.ts";
import { encodeDrop, encodePut } from "./state-codec.ts";
import type { DeliveryRow, EncodedClaimAnswer, EncodedEffect, EncodedStaged } from "./protocol.ts";
import type { RememberedMessage } from "./remembered-messages.ts";

/** An effect as the worker takes it. Fails on what cannot be stored. */
export function encodeEffect(effect: Effect, messages: MessageCodec): EncodedEffect {
  switch (effect.kind) {
    case "append": {
      const { channel, message, key = null, priority = null, due = 0, expiresAt = null } = effect;
      return ["append", channel, messages.encode(message), key, priority, due, expiresAt];
    }
    case "appendStaged":
      return ["appendStaged", effect.stage];
    case "settle":
      return ["settle", effect.ref.subscription, effect.ref.sequence, effect.inTurn ?? false];
    case "postpone": {
      const { ref, due, failures, parked } = effect;
      return ["postpone", ref.subscription, ref.sequence, due, failures, parked === undefined ? null : JSON.stringify(parked)];
    }
    case "keepKey": {
      const { scope, key, until, result } = effect;
      return ["keepKey", scope, key, until, result === undefined ? null : encodeNested(result)];
    }
    case "setPosition": {
      const expected = "expected" in effect ? encodeJson(effect.expected ?? null, "position") : null;
      return ["setPosition", effect.name, encodeJson(effect.value ?? null, "position"), expected];
    }
    case "putState":
      return encodePut(effect, messages.spoolAbove);
    case "dropState":
      return encodeDrop(effect);
    case "journal": {
      const { entry } = effect;
      return ["journal", entry.messageId, entry.startedAt, Number(hasFailed(entry)), JSON.stringify(entry)];
    }
    default:
      return effect satisfies never;
  }
}

export function encodeStaged(append: StagedAppend, messages: MessageCodec): EncodedStaged {
  const { order, channel, message, key = null, priority = null, delayMs = 0, ttlMs = null } = append;
  return [order, channel, messages.encode(message), key, priority, delayMs, ttlMs];
}

export function decodeDelivery(row: DeliveryRow, of: { readonly id: number; readonly channel: string }, messages: MessageCodec): Delivery {
  const [sequence, id, kind, body, spool, headers, deadLetter, appendedAt, attributes, expiresAt, failures, parked] = row;
  return {
    ref: { subscription: of.id, sequence },
    channel: of.channel,
    message: messages.decode([sequence, id, kind, body, spool, headers, deadLetter, appendedAt, attributes]),
    failures,
    parked: parked === null ? undefined : JSON.parse(parked),
    appendedAt,
    expiresAt: expiresAt ?? undefined,
  };
}

/** The delivery of a message that was appended a moment ago. */
export function deliveryOfRemembered(
  { message, appendedAt, expiresAt }: RememberedMessage,
  { subscription, sequence, channel }: DeliveryRef & { readonly channel: string },
  messages: MessageCodec,
): Delivery {
  const [id, kind, body, , headers, deadLetter, attributes] = message;
  return {
    ref: { subscription, sequence },
    channel,
    message: messages.decode([sequence, id, kind, body, null, headers, deadLetter, appendedAt, attributes]),
    failures: 0,
    parked: undefined,
    appendedAt,
    expiresAt: expiresAt ?? undefined,
  };
}

export function decodeClaimAnswer(answer: EncodedClaimAnswer): ClaimAnswer {
  if (answer.state !== "kept") return answer;
  return answer.result === null ? { state: "kept" } : { state: "kept", result: decodeNested(JSON.parse(answer.result)) };
}

export function decodeEntries(entries: readonly string[]): readonly JournalEntry[] {
  return entries.map((entry) => JSON.parse(entry));
}
