import {
  PortolanError,
  reportError,
  type AppDefinition,
  type ChannelDefinition,
  type Clock,
  type Delivery,
  type DeliverOptions,
  type Effect,
  type JournalEntry,
  type Logger,
  type Message,
  type Random,
  type RouteDefinition,
} from "@portolan/core";
import type { Committer } from "./committer.ts";
import type { Processed } from "./consumer.ts";
import { deadLetterEffect, deadLetterOf, inboxOf } from "./dead-letter.ts";
import type { Execution } from "./execution.ts";
import { StepFailure } from "./failure.ts";
import { planRetry } from "./retry.ts";
import type { RouteEnd } from "./route.ts";
import { isStream, withWholeBody } from "./streams.ts";
import type { Afterwards } from "./unit-of-work.ts";

/** What the end of a route means for the stores and for whoever delivered the message. */
export interface Endings {
  /** A door, a source or a test delivered it: the result, or the error, once committed. */
  delivered(end: RouteEnd, ctx: DeliveredContext): Message | undefined | Promise<Message | undefined>;
  /** A channel delivered it: settle, postpone or dead-letter. Waits for room in memory channels. */
  consumed(end: RouteEnd, ctx: ConsumedContext): Processed | Promise<Processed>;
  /** The delivery outlived the channel's ttl. */
  expired(ctx: ConsumedContext): Processed | Promise<Processed>;
  /** A failed part goes to the dead letter within its unit of work. */
  deadLetterPart(part: Message, failure: StepFailure, ctx: PartContext): void;
  /** Resolves when journal entries that nobody waits for are written. */
  idle(): Promise<void>;
}

export interface DeliveredContext {
  readonly route: RouteDefinition;
  readonly execution: Execution;
  readonly options: DeliverOptions;
  /** How it came, for the journal. */
  readonly via: string;
  /** The message with its stream as a body that a dead letter can hold. */
  readonly whole?: Message;
}

export interface ConsumedContext {
  readonly route: RouteDefinition;
  readonly execution: Execution;
  readonly delivery: Delivery;
  readonly channel: ChannelDefinition;
  /** Whether messages of the channel end in the order in which they were taken, also where the store refuses a commit. */
  readonly inTurn: boolean;
  /** Gives the delivery back. */
  release(): void;
}

export interface PartContext {
  readonly route: RouteDefinition;
  readonly execution: Execution;
  /** The step that the part belongs to. */
  readonly step: string;
}

export interface EndingParts {
  readonly app: AppDefinition;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly committer: Committer;
  readonly journal: "all" | "failures" | "none";
  settled(channel: string, route: string): void;
  recorded(entry: JournalEntry): void;
}

interface Verdict {
  readonly outcome: JournalEntry["outcome"];
  readonly effects: readonly Effect[];
  readonly failure?: StepFailure;
}

const NOTHING: readonly Effect[] = [];

export function createEndings(parts: EndingParts): Endings {
  const { app, clock, log, committer } = parts;
  const unawaited = new Set<Promise<void>>();
  const recordsSuccess = parts.journal === "all";

  const deadLetterChannel = (
    route: RouteDefinition,
    clauseChannel: string | undefined,
    channel: ChannelDefinition | undefined,
  ): string | false => clauseChannel ?? route.deadLetter ?? channel?.deadLetter ?? app.errors.deadLetter;

  const letter = (
    failure: StepFailure,
    ctx: { readonly route: RouteDefinition; readonly execution: Execution; readonly channel?: ChannelDefinition; readonly whole?: Message },
    clauseChannel?: string,
  ): Effect[] => {
    const channel = deadLetterChannel(ctx.route, clauseChannel, ctx.channel);
    const { unit } = ctx.execution;
    const received = ctx.whole ?? ctx.execution.received;
    log.log(
      channel === false ? "error" : "warn",
      channel === false ? "a message failed and is dropped, as its route says" : `a message went to the dead letter ${channel}`,
      {
        route: ctx.route.id,
        step: failure.step,
        messageId: received.id,
        code: failure.error.code,
        error: failure.error.message,
      },
    );
    if (channel === false) return [];
    return [
      deadLetterEffect(channel, received, deadLetterOf(failure, { route: ctx.route, from: unit.delivery?.channel, at: clock.now() })),
    ];
  };

  const journalEffects = (
    ctx: { readonly route: RouteDefinition; readonly execution: Execution },
    via: string,
    verdict: Verdict,
  ): Effect[] => {
    if (parts.journal === "none" || (parts.journal === "failures" && verdict.failure === undefined)) return [];
    const { trace, received } = ctx.execution;
    const now = clock.now();
    const startedAt = trace?.startedAt ?? now;
    const { failure, outcome } = verdict;
    const entry: JournalEntry = {
      messageId: received.id,
      route: ctx.route.id,
      via,
      startedAt,
      durationMs: now - startedAt,
      outcome,
      steps: trace?.steps ?? [],
      error: failure === undefined ? undefined : reportError(failure.error),
      failedStep: failure?.step,
    };
    parts.recorded(entry);
    return [{ kind: "journal", entry }];
  };

  const commitUnawaited = (execution: Execution, effects: readonly Effect[]): void => {
    const commit = committer.commit(execution.list, effects);
    if (commit === undefined) return;
    const written = commit
      .catch((error: unknown) =>
        log.log("error", "the journal could not be written", { error: error instanceof Error ? error.message : String(error) }),
      )
      .finally(() => unawaited.delete(written));
    unawaited.add(written);
  };

  const verdictOf = (end: Exclude<RouteEnd, { kind: "parked" | "abandoned" }>, ctx: DeliveredContext): Verdict => {
    const toDeadLetter = ctx.options.failure === "deadLetter";
    switch (end.kind) {
      case "done":
      case "dropped":
        return { outcome: end.kind, effects: [] };
      case "handled":
        return { outcome: "handled", effects: [], failure: end.failure };
      case "failed":
        return {
          outcome: toDeadLetter ? "deadLettered" : "failed",
          effects: toDeadLetter ? letter(end.failure, ctx) : [],
          failure: end.failure,
        };
      case "deadLetter":
        return { outcome: "deadLettered", effects: letter(end.failure, ctx, end.channel), failure: end.failure };
      default:
        throw end satisfies never;
    }
  };

  const answer = (end: RouteEnd, ctx: DeliveredContext): Message | undefined => {
    const { mode, failure } = ctx.options;
    if (end.kind === "failed" && failure !== "deadLetter") throw end.failure.error;
    if (end.kind === "deadLetter" && mode === "request") throw end.failure.error;
    return end.kind === "done" || end.kind === "handled" ? end.message : undefined;
  };

  const redelivery = (ctx: ConsumedContext, failure: StepFailure): Verdict => {
    const failures = ctx.delivery.failures + 1;
    if (failures >= ctx.channel.maxAttempts) {
      return { outcome: "deadLettered", failure, effects: [settle(ctx), ...letter(failure, ctx)] };
    }
    const plan = planRetry(ctx.channel.redelivery, { random: parts.random, inherited: {}, predicate: () => () => false });
    const due = clock.now() + plan.delayBefore(failures + 1, failure.error);
    return { outcome: "redelivered", failure, effects: [{ kind: "postpone", ref: ctx.delivery.ref, due, failures }] };
  };

  const consumedVerdict = (end: Exclude<RouteEnd, { kind: "abandoned" }>, ctx: ConsumedContext): Verdict => {
    switch (end.kind) {
      case "done":
      case "dropped":
        return { outcome: end.kind, effects: [settle(ctx)] };
      case "handled":
        return { outcome: "handled", effects: [settle(ctx)], failure: end.failure };
      case "deadLetter":
        return { outcome: "deadLettered", effects: [settle(ctx), ...letter(end.failure, ctx, end.channel)], failure: end.failure };
      case "failed":
        return redelivery(ctx, end.failure);
      case "parked": {
        const { step, attempts, firstAttemptAt, due, error } = end.parked;
        const state = { attempts: { ...ctx.delivery.parked?.attempts, [step]: attempts }, firstAttemptAt };
        const failure = new StepFailure(error, { step, message: ctx.execution.received, attempts });
        ctx.execution.list.discard();
        return {
          outcome: "parked",
          failure,
          effects: [{ kind: "postpone", ref: ctx.delivery.ref, due, failures: ctx.delivery.failures, parked: state }],
        };
      }
      default:
        throw end satisfies never;
    }
  };

  /**
   * What is to follow the message: with the commit, if that changes the store anyway. The rest is answered; it starts after it.
   */
  const followers = ({ unit, list }: Execution, isGood: boolean, changesStore: boolean): readonly Afterwards[] => {
    const { afterwards } = unit;
    if (afterwards === undefined) return [];
    unit.afterwards = undefined;
    const due = afterwards.filter(({ ifItStands }) => isGood || !ifItStands);
    if (!unit.isStored && !changesStore && !committer.isKept(list)) return due;
    for (const { append, start } of due) if (append !== undefined) unit.putAside({ append, start });
    return due.filter(({ append }) => append === undefined);
  };

  const startAfter = (work: readonly Afterwards[], committed: Promise<void> | undefined): void => {
    if (work.length === 0) return;
    const start = () => {
      for (const one of work) one.start();
    };
    // A commit that failed is told to whoever waits for it; nothing has ended then.
    if (committed === undefined) start();
    else committed.then(start, () => undefined);
  };

  /** The commit of a message that only what is on its side makes necessary: the message does not fail with it. */
  const commitAsides = (execution: Execution, committed: Promise<void>): Promise<void> =>
    committed.catch(async (error: unknown) => {
      log.log("error", "what a message leaves on its side could not be stored", { messageId: execution.received.id, error: String(error) });
      for (const aside of execution.unit.asides ?? []) await aside.start();
    });

  const close = (verdict: Verdict, ctx: ConsumedContext): Processed | Promise<Processed> => {
    const room = committer.room(ctx.execution.list);
    return room === undefined ? closeNow(verdict, ctx) : room.then(() => closeNow(verdict, ctx));
  };

  const closeNow = (verdict: Verdict, ctx: ConsumedContext): Processed => {
    const effects = [...verdict.effects, ...journalEffects(ctx, `channel:${ctx.channel.name}`, verdict)];
    const rest = followers(
      ctx.execution,
      stands(verdict),
      verdict.effects.some(({ kind }) => kind === "append"),
    );
    const committed = committer.commit(ctx.execution.list, effects);
    startAfter(rest, committed);
    if (ctx.channel.mode !== "memory" || !verdict.effects.some(({ kind }) => kind === "settle")) return { committed };
    const settled = () => parts.settled(ctx.channel.name, ctx.route.id);
    if (committed !== undefined) return { committed: committed.then(settled) };
    settled();
    return { committed };
  };

  const answerCommitted = (result: Message | undefined, { list }: Execution): Message | undefined | Promise<Message | undefined> => {
    const committed = committer.commit(list, NOTHING);
    return committed === undefined ? result : committed.then(() => result);
  };

  const goesToDeadLetter = ({ kind }: RouteEnd, { options }: DeliveredContext) =>
    kind === "deadLetter" || (kind === "failed" && options.failure === "deadLetter");

  const endings: Endings = {
    delivered(end, ctx) {
      const { received } = ctx.execution;
      if (ctx.whole === undefined && goesToDeadLetter(end, ctx) && isStream(received.body))
        return withWholeBody(received).then((whole) => endings.delivered(end, { ...ctx, whole }));
      if (end.kind === "parked" || end.kind === "abandoned") throw new PortolanError("PORTOLAN_STOPPING", "the node is stopping");
      if ((end.kind === "done" || end.kind === "dropped") && !recordsSuccess && ctx.options.position === undefined) {
        const { unit } = ctx.execution;
        const result = end.kind === "done" ? end.message : undefined;
        // Most messages leave nothing behind, or a few effects: a third of their cost would be the verdict about that.
        if (!ctx.execution.hasEffects) {
          unit.ended(true);
          startAfter(followers(ctx.execution, true, false), undefined);
          return result;
        }
        if (unit.asides === undefined && unit.afterwards === undefined) return answerCommitted(result, ctx.execution);
      }
      const verdict = verdictOf(end, ctx);
      const journal = journalEffects(ctx, ctx.via, verdict);
      const position =
        ctx.options.position === undefined || (end.kind === "failed" && ctx.options.failure !== "deadLetter")
          ? []
          : [{ kind: "setPosition" as const, ...ctx.options.position }];
      const awaited = [...verdict.effects, ...position];
      if (awaited.length === 0 && !ctx.execution.hasEffects) {
        // Nothing but the journal: nobody has to wait for that.
        const rest = followers(ctx.execution, stands(verdict), false);
        commitUnawaited(ctx.execution, journal);
        startAfter(rest, undefined);
        return answer(end, ctx);
      }
      const hasOnlyAsides = awaited.length === 0 && ctx.execution.list.size === 0;
      const rest = followers(ctx.execution, stands(verdict), awaited.length > 0);
      const asked = committer.commit(ctx.execution.list, [...awaited, ...journal]);
      const committed = asked !== undefined && hasOnlyAsides ? commitAsides(ctx.execution, asked) : asked;
      startAfter(rest, committed);
      return committed === undefined ? answer(end, ctx) : committed.then(() => answer(end, ctx));
    },

    consumed(end, ctx) {
      if (end.kind === "abandoned") {
        ctx.execution.list.discard();
        ctx.release();
        return { committed: undefined, isGivenBack: true };
      }
      return close(consumedVerdict(end, ctx), ctx);
    },

    expired(ctx) {
      const error = new PortolanError("PORTOLAN_EXPIRED", `the message outlived the ttl of channel ${ctx.channel.name}`);
      const failure = new StepFailure(error, { step: "", message: ctx.execution.received, attempts: 0 });
      return close({ outcome: "deadLettered", failure, effects: [settle(ctx), ...letter(failure, ctx)] }, ctx);
    },

    deadLetterPart(part, failure, { route, execution, step }) {
      const channel = deadLetterChannel(
        route,
        undefined,
        app.channels.find((one) => one.name === execution.unit.delivery?.channel),
      );
      if (channel === false) return;
      const info = deadLetterOf(failure, {
        route,
        from: execution.unit.delivery?.channel,
        at: clock.now(),
        inbox: inboxOf(route.id, step),
      });
      execution.list.add(deadLetterEffect(channel, part, info));
    },

    async idle() {
      await Promise.all(unawaited);
    },
  };
  return endings;
}

function settle({ delivery, inTurn }: ConsumedContext): Effect {
  return inTurn ? { kind: "settle", ref: delivery.ref, inTurn } : { kind: "settle", ref: delivery.ref };
}

function stands({ outcome }: Verdict): boolean {
  return outcome === "done" || outcome === "dropped" || outcome === "handled";
}
