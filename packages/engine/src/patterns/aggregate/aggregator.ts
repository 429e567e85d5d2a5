import { PortolanError, type Awaitable, type Expression, type Headers, type Message, type Timer } from "@portolan/core";
import type { CombineOption } from "../../definition/combine-option.ts";
import type { Inbox, StepCompiler } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { RowAccess } from "../../runtime/state-table.ts";
import { andThen } from "../../runtime/step.ts";
import { numberOf } from "../../runtime/values.ts";
import { compileAccumulate } from "./accumulate.ts";
import { createClosedKeys } from "./closed-keys.ts";
import { createDueTimer } from "../../runtime/due-timer.ts";

export interface AggregatorOptions {
  readonly combine: CombineOption;
  readonly complete: {
    readonly when?: Expression | undefined;
    readonly whenIncoming?: Expression | undefined;
    readonly size?: number | undefined;
    readonly sizeFrom?: Expression | undefined;
    readonly timeout?: number | Expression | undefined;
    readonly interval?: number | undefined;
    readonly before?: Expression | undefined;
    readonly newKey?: true | undefined;
    readonly all?: { readonly when: Expression; readonly include: boolean } | undefined;
    readonly onStop?: true | undefined;
  };
  readonly rememberClosed: number;
  readonly onTimeout: "complete" | "discard";
}

type CompletedBy = "all" | "before" | "whenIncoming" | "when" | "size" | "newKey" | "timeout" | "interval" | "stop";

/** An open group as the store holds it. */
interface Group {
  readonly acc: unknown;
  readonly size: number;
  readonly key: unknown;
  /** Those of its first message. */
  readonly id: string;
  readonly headers: Headers;
  /** What completes it, if an incoming message said so. */
  readonly wanted?: number | undefined;
}

interface OpenGroup {
  readonly group: Group;
  readonly row: RowAccess;
  readonly execution: Execution;
}

export interface Addition {
  /** The key as JSON text, and its value. */
  readonly key: string;
  readonly value: unknown;
  readonly message: Message;
  readonly execution: Execution;
}

export interface Aggregator {
  add(addition: Addition): Promise<void>;
}

/** Groups read in one go when all of them are to complete. */
const BATCH = 100;

export function createAggregator(options: AggregatorOptions, compiler: StepCompiler, inbox: Inbox): Aggregator {
  const { complete } = options;
  checkConditions(options, compiler);
  const scope = `aggregate/${compiler.route}/${compiler.stepId}`;
  const groups = compiler.node.table(scope);
  const closed = createClosedKeys(compiler.node.table(`${scope}/closed`), options.rememberClosed);
  const accumulate = compileAccumulate(options.combine, compiler);
  const predicate = (expression: Expression | undefined) => (expression === undefined ? undefined : compiler.predicate(expression));
  const when = predicate(complete.when);
  const whenIncoming = predicate(complete.whenIncoming);
  const before = predicate(complete.before);
  const all = predicate(complete.all?.when);
  const sizeFrom = complete.sizeFrom === undefined ? undefined : compiler.expression(complete.sizeFrom);
  const timeoutOf =
    typeof complete.timeout === "number" || complete.timeout === undefined ? undefined : compiler.expression(complete.timeout);

  const handOver = async (key: string, by: CompletedBy, { group, row, execution }: OpenGroup): Promise<void> => {
    await row.drop();
    const attributes = { aggregate: { key: group.key, size: group.size, completedBy: by } };
    inbox.send({ id: group.id, body: group.acc, headers: group.headers }, attributes, execution);
    await closed.remember(key, execution);
  };

  const groupOf = async (row: RowAccess): Promise<Group | undefined> => (await row.get())?.value as Group | undefined;

  /** Completes every open group but one, in the order in which they were opened. */
  const completeAll = async (by: CompletedBy, execution: Execution, except?: string): Promise<void> => {
    const completeOne = async (key: string) => {
      if (key === except) return;
      await groups.withRow(execution, key, async (row) => {
        const group = await groupOf(row);
        if (group !== undefined) await handOver(key, by, { group, row, execution });
      });
    };
    const young = groups.uncommittedKeys();
    for (let after = -1; ;) {
      const rows = await groups.list({ after, limit: BATCH });
      for (const { key } of rows) await completeOne(key);
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH) break;
      after = last.order;
    }
    for (const key of young) await completeOne(key);
  };

  // What a message that is added does not have to wait for is not awaited: each await costs as much as a step.
  const dueAfter = (message: Message, current: number | undefined): Awaitable<number | undefined> => {
    if (complete.timeout === undefined) return undefined;
    const now = compiler.clock.now();
    if (timeoutOf === undefined) return now + (complete.timeout as number);
    return andThen(timeoutOf(message), (value) =>
      value === undefined || value === null ? current : now + numberOf(value, "the timeout of the group"),
    );
  };

  const bySize = (group: Group): CompletedBy | undefined => {
    const size = group.wanted ?? complete.size;
    return size !== undefined && group.size >= size ? "size" : undefined;
  };

  const byPredicate = async (group: Group, incoming: Message): Promise<CompletedBy | undefined> => {
    if (whenIncoming !== undefined && (await whenIncoming(incoming))) return "whenIncoming";
    const combined: Message = { id: group.id, body: group.acc, headers: group.headers, attributes: incoming.attributes };
    return when !== undefined && (await when(combined)) ? "when" : bySize(group);
  };

  const completedBy = when === undefined && whenIncoming === undefined ? bySize : byPredicate;

  const wantedSize = (message: Message, current: number | undefined): Awaitable<number | undefined> => {
    if (sizeFrom === undefined) return current;
    return andThen(sizeFrom(message), (value) => {
      if (value === undefined || value === null) return current;
      const size = numberOf(value, "the size of the group");
      return size >= 1 ? size : current;
    });
  };

  const addTo = async (row: RowAccess, { key, value, message, execution }: Addition): Promise<void> => {
    const found = row.get();
    const known = found instanceof Promise ? await found : found;
    let group = known?.value as Group | undefined;
    let due = known?.due;
    if (group !== undefined && before !== undefined && (await before(message, group.acc))) {
      await handOver(key, "before", { group, row, execution });
      group = undefined;
      due = undefined;
    }
    const added = accumulate(group, message);
    const acc: unknown = added instanceof Promise ? await added : added;
    const wanted = wantedSize(message, group?.wanted);
    const next: Group = {
      acc,
      size: (group?.size ?? 0) + 1,
      key: value,
      id: group?.id ?? message.id,
      headers: group?.headers ?? message.headers,
      wanted: wanted instanceof Promise ? await wanted : wanted,
    };
    const completed = completedBy(next, message);
    const by = completed instanceof Promise ? await completed : completed;
    const nextDue = dueAfter(message, due);
    due = nextDue instanceof Promise ? await nextDue : nextDue;
    await row.put(next, { due });
    if (by !== undefined) await handOver(key, by, { group: next, row, execution });
    else execution.unit.listen({ ended: (committed) => committed && due !== undefined && timer.at(due) });
  };

  const timedOut = async (key: string, execution: Execution): Promise<void> => {
    await groups.withRow(execution, key, async (row) => {
      const known = await row.get();
      // It may have completed, or have got another message, since the timer looked.
      if (known?.due === undefined || known.due > compiler.clock.now()) return;
      if (options.onTimeout === "discard") await row.drop();
      else await handOver(key, "timeout", { group: known.value as Group, row, execution });
    });
  };

  const timer = createDueTimer({ table: groups, compiler, act: timedOut });
  compiler.node.onStart(() => {
    timer.start();
    const ticks = complete.interval === undefined ? undefined : startTicks(complete.interval);
    return async () => {
      ticks?.stop();
      timer.stop();
      if (complete.onStop === true) await compiler.node.work((execution) => completeAll("stop", execution));
    };
  });

  const startTicks = (interval: number): { stop(): void; wake(): void } => {
    const began = compiler.clock.now();
    let pending: Timer | undefined;
    const schedule = () => {
      const now = compiler.clock.now();
      const next = began + (Math.floor((now - began) / interval) + 1) * interval;
      pending ??= compiler.clock.after(next - now, () => {
        pending = undefined;
        compiler.node
          .work((execution) => completeAll("interval", execution))
          .catch((error: unknown) =>
            compiler.log.log("error", "groups could not be completed; the next tick tries again", {
              route: compiler.route,
              error: String(error),
            }),
          );
      });
    };
    wakeTicks = schedule;
    schedule();
    return { stop: () => pending?.cancel(), wake: schedule };
  };
  /** A tick is only waited for while a group may be open. */
  let wakeTicks: () => void = () => undefined;

  return {
    async add(addition) {
      const { key, message, execution } = addition;
      const signal = all !== undefined && (await all(message));
      if (signal && complete.all?.include !== true) return completeAll("all", execution);
      if (options.rememberClosed > 0 && (await closed.has(key, execution)))
        throw new PortolanError("PORTOLAN_KEY_CLOSED", `the group ${key} is closed`);
      if (complete.newKey === true) await completeAll("newKey", execution, key);
      await groups.withRow(execution, key, (row) => addTo(row, addition));
      if (complete.interval !== undefined) wakeTicks();
      if (signal) await completeAllWith(addition);
    },
  };

  /** All groups, the one of the signal's own included: its row is not in the store yet. */
  async function completeAllWith({ key, execution }: Addition): Promise<void> {
    await completeAll("all", execution, key);
    await groups.withRow(execution, key, async (row) => {
      const group = await groupOf(row);
      if (group !== undefined) await handOver(key, "all", { group, row, execution });
    });
  }
}

function checkConditions({ complete }: AggregatorOptions, compiler: StepCompiler): void {
  const given = Object.entries(complete).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length === 0)
    compiler.invalid(
      "a group needs a condition that completes it",
      "when, whenIncoming, size, sizeFrom, timeout, interval, before, newKey, all or onStop",
      "none",
    );
  if (complete.interval !== undefined && complete.timeout !== undefined)
    compiler.invalid("`interval` and `timeout` exclude each other", "one of them", "both");
  const others = given.filter((name) => name !== "before" && name !== "timeout");
  if (complete.before !== undefined && others.length > 0)
    compiler.invalid("only `timeout` may stand beside `before`", "before and timeout", given.join(", "));
}
