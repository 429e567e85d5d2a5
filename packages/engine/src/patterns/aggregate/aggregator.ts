import { PortolanError, type Awaitable, type Headers, type Message } from "@portolan/core";
import type { CombineOption } from "../../definition/combine-option.ts";
import type { Inbox, StepCompiler } from "../../pattern.ts";
import { createDueTimer } from "../../runtime/due-timer.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { KnownRow } from "../../runtime/state-lock.ts";
import type { RowAccess } from "../../runtime/state-table.ts";
import { andThen } from "../../runtime/step.ts";
import { createClosedKeys } from "./closed-keys.ts";
import { compileCombination } from "./combination.ts";
import { compileConditions, type CompletedBy, type CompletionOptions } from "./conditions.ts";
import { createTicks } from "./ticks.ts";

export interface AggregatorOptions {
  readonly combine: CombineOption;
  readonly complete: CompletionOptions;
  readonly onMissingKey: "fail" | "skip";
  readonly rememberClosed: number;
  readonly onTimeout: "complete" | "discard";
}

/** An open group as the store holds it; what it keeps of each message is in the list of its row. */
interface Group {
  /** The body so far, where nothing else of the messages is kept. */
  readonly acc: unknown;
  readonly size: number;
  readonly key: unknown;
  /** Those of its first message. */
  readonly id: string;
  readonly headers: Headers;
  /** What completes it, if a message said so. */
  readonly wanted: number | undefined;
}

export interface Incoming {
  /** The key as JSON text, undefined if it is missing, and its value. */
  readonly key: string | undefined;
  readonly value: unknown;
  readonly message: Message;
  readonly execution: Execution;
}

export interface Aggregator {
  take(incoming: Incoming): Awaitable<void>;
}

/** `isSignal`: all groups complete then. */
interface Addition extends Incoming {
  readonly key: string;
  readonly isSignal: boolean;
}

/** A group that the message is in now, as it is to be written. */
interface Grown {
  readonly group: Group;
  /** What its list grows by. */
  readonly items: readonly unknown[] | undefined;
  readonly due: number | undefined;
}

interface Closing {
  readonly group: Group;
  readonly body: unknown;
  readonly row: RowAccess;
  readonly execution: Execution;
}

/** Groups read in one go when all of them are to complete. */
const BATCH = 100;

/** Adding is done at once as long as nothing has to wait: each promise costs as much as all the rest. */
export function createAggregator(options: AggregatorOptions, compiler: StepCompiler, inbox: Inbox): Aggregator {
  const { complete } = options;
  const conditions = compileConditions(complete, compiler);
  const combination = compileCombination(options.combine, compiler);
  const scope = `aggregate/${compiler.route}/${compiler.stepId}`;
  const groups = compiler.node.table(scope);
  const closed = createClosedKeys(compiler.node.table(`${scope}/closed`), options.rememberClosed);

  const handOver = (key: string, by: CompletedBy, { group, body, row, execution }: Closing): Awaitable<void> =>
    andThen(row.drop(), () => {
      const attributes = { aggregate: { key: group.key, size: group.size, completedBy: by } };
      inbox.send({ id: group.id, body, headers: group.headers }, attributes, execution);
      return closed.remember(key, execution);
    });

  const bodyOf = (group: Group, row: RowAccess, added?: readonly unknown[]): Awaitable<unknown> => {
    if (combination.kind === "fold") return group.acc;
    return andThen(row.items(), (items) => combination.body(added === undefined ? items : [...items, ...added]));
  };

  const completeOne = (key: string, by: CompletedBy, execution: Execution): Awaitable<void> =>
    groups.withRow(execution, key, async (row) => {
      const group = (await row.get())?.value as Group | undefined;
      if (group !== undefined) await handOver(key, by, { group, body: await bodyOf(group, row), row, execution });
    });

  /** Completes every open group, or all but one, in the order in which they were opened. */
  const completeAll = async (by: CompletedBy, execution: Execution, except?: string): Promise<void> => {
    const young = groups.uncommittedKeys();
    for (let after = -1; ;) {
      const rows = await groups.list({ after, limit: BATCH });
      for (const { key } of rows) if (key !== except) await completeOne(key, by, execution);
      const last = rows.at(-1);
      if (last === undefined || rows.length < BATCH) break;
      after = last.order;
    }
    for (const key of young) if (key !== except) await completeOne(key, by, execution);
  };

  const addTo = (row: RowAccess, addition: Addition): Awaitable<void> => {
    const known = row.get();
    return known instanceof Promise ? addToLater(known, row, addition) : addToKnown(known, row, addition);
  };
  const addToLater = async (reading: Promise<KnownRow | undefined>, row: RowAccess, addition: Addition): Promise<void> =>
    addToKnown(await reading, row, addition);

  const addToKnown = (known: KnownRow | undefined, row: RowAccess, addition: Addition): Awaitable<void> =>
    known === undefined || conditions.before === undefined ? collect(known, row, addition) : closeBefore(known, row, addition);

  /** The message may be the first one of a new group. */
  const closeBefore = async (known: KnownRow, row: RowAccess, addition: Addition): Promise<void> => {
    const { key, message, execution } = addition;
    const group = known.value as Group;
    const body = await bodyOf(group, row);
    const isOver = await conditions.before?.(message, body);
    if (isOver === true) await handOver(key, "before", { group, body, row, execution });
    await collect(isOver === true ? undefined : known, row, addition);
  };

  const collect = (known: KnownRow | undefined, row: RowAccess, addition: Addition): Awaitable<void> => {
    const { message } = addition;
    const group = known?.value as Group | undefined;
    const items = combination.kind === "list" ? [combination.itemOf(message)] : undefined;
    const acc = combination.kind === "list" ? undefined : combination.add(group, message);
    const wanted = conditions.wantedSize(message, group?.wanted);
    const due = conditions.dueAfter(message, known?.due);
    if (acc instanceof Promise || wanted instanceof Promise || due instanceof Promise)
      return collectLater({ group, items, acc, wanted, due }, row, addition);
    return settle({ group: grow(group, addition, { acc, wanted }), items, due }, row, addition);
  };
  const collectLater = async ({ group, items, ...asked }: Asked, row: RowAccess, addition: Addition): Promise<void> => {
    const made = { acc: await asked.acc, wanted: await asked.wanted };
    const due = await asked.due;
    return settle({ group: grow(group, addition, made), items, due }, row, addition);
  };

  const settle = (grown: Grown, row: RowAccess, addition: Addition): Awaitable<void> => {
    if (addition.isSignal) return keep(grown, row, addition);
    if (conditions.byPredicate !== undefined) return settleLater(conditions.byPredicate, grown, { row, addition });
    const by = conditions.bySize(grown.group);
    return by === undefined ? keep(grown, row, addition) : completeGrown(by, grown, { row, addition });
  };
  const settleLater = async (
    byPredicate: NonNullable<typeof conditions.byPredicate>,
    grown: Grown,
    { row, addition }: Adding,
  ): Promise<void> => {
    const { group, items } = grown;
    const by = await byPredicate(group, addition.message, async (attributes) => {
      return { id: group.id, body: await bodyOf(group, row, items), headers: group.headers, attributes };
    });
    await (by === undefined ? keep(grown, row, addition) : completeGrown(by, grown, { row, addition }));
  };

  const keep = (grown: Grown, row: RowAccess, { execution }: Addition): Awaitable<void> => {
    if (grown.due !== undefined) wakeWith(execution, grown.due);
    return row.put(grown.group, grown);
  };
  const wakeWith = ({ unit }: Execution, due: number): void => unit.listen({ ended: (committed) => committed && timer.at(due) });

  const completeGrown = (by: CompletedBy, { group, items }: Grown, { row, addition }: Adding): Awaitable<void> => {
    const { key, execution } = addition;
    return andThen(bodyOf(group, row, items), (body) => handOver(key, by, { group, body, row, execution }));
  };

  const timedOut = (key: string, execution: Execution): Awaitable<void> =>
    groups.withRow(execution, key, async (row) => {
      const known = await row.get();
      // It may have completed, or have got another message, since the timer looked.
      if (known?.due === undefined || known.due > compiler.clock.now()) return;
      const group = known.value as Group;
      if (options.onTimeout === "discard") await row.drop();
      else await handOver(key, "timeout", { group, body: await bodyOf(group, row), row, execution });
    });

  const timer = createDueTimer({ table: groups, compiler, act: timedOut });
  const ticks =
    complete.interval === undefined
      ? undefined
      : createTicks(complete.interval, compiler, () => compiler.node.work((execution) => completeAll("interval", execution)));
  compiler.node.onStart(() => {
    timer.start();
    ticks?.start();
    return async () => {
      ticks?.stop();
      timer.stop();
      if (complete.onStop === true) await compiler.node.work((execution) => completeAll("stop", execution));
    };
  });

  const add = (key: string | undefined, incoming: Incoming, isSignal: boolean): Awaitable<void> => {
    if (key !== undefined) return groups.withRow(incoming.execution, key, (row) => addTo(row, { ...incoming, key, isSignal }));
    if (options.onMissingKey === "fail") throw new PortolanError("PORTOLAN_KEY_MISSING", "the key of the aggregation is missing");
  };

  /** Where a message has to do with other groups than its own, too. */
  const addAmongOthers = async (incoming: Incoming): Promise<void> => {
    const { key, message, execution } = incoming;
    const isSignal = (await conditions.all?.(message)) === true;
    if (isSignal && complete.all?.include !== true) return completeAll("all", execution);
    if (key !== undefined && options.rememberClosed > 0 && (await closed.has(key, execution)))
      throw new PortolanError("PORTOLAN_KEY_CLOSED", `the group ${key} is closed`);
    if (complete.newKey === true && key !== undefined && !isSignal) await completeAll("newKey", execution, key);
    await add(key, incoming, isSignal);
    ticks?.wake();
    if (isSignal) await completeAll("all", execution);
  };

  const isPlain =
    conditions.all === undefined && options.rememberClosed === 0 && complete.newKey === undefined && complete.interval === undefined;
  return { take: isPlain ? (incoming) => add(incoming.key, incoming, false) : addAmongOthers };
}

/** What is asked of a message that is added; some of it may still have to come. */
interface Asked {
  readonly group: Group | undefined;
  readonly items: readonly unknown[] | undefined;
  readonly acc: unknown;
  readonly wanted: Awaitable<number | undefined>;
  readonly due: Awaitable<number | undefined>;
}

interface Adding {
  readonly row: RowAccess;
  readonly addition: Addition;
}

function grow(group: Group | undefined, { value, message }: Addition, { acc, wanted }: Pick<Group, "acc" | "wanted">): Group {
  if (group === undefined) return { acc, size: 1, key: value, id: message.id, headers: message.headers, wanted };
  return { acc, size: group.size + 1, key: value, id: group.id, headers: group.headers, wanted };
}
