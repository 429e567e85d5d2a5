import { NO_ATTRIBUTES, PortolanError, type Awaitable, type Delivery, type ErrorKind, type Headers, type Message } from "@portolan/core";
import type { StepCompiler } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { UnitOfWork } from "../../runtime/unit-of-work.ts";

/** What the store holds of a saga that is not over. */
export interface SagaState {
  readonly phase: "forward" | "compensating" | "undone" | "done";
  /** Whether a durable channel delivers the message again after a crash. */
  readonly redelivered: boolean;
  readonly entered: StoredCopy;
  readonly actions: readonly ActionState[];
  /** The message after the last action that is done. */
  readonly current?: StoredCopy | undefined;
  readonly error?: SagaError | undefined;
  /** Ids of actions, in the order in which they were compensated. */
  readonly compensated: readonly string[];
  /** The delivery for which it was undone: the same one finds that out, a later one begins anew. */
  readonly undoneFor?: string | undefined;
}

interface SagaError {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  /** A step of an action has failed with it, and has met the route's policy. */
  readonly decided: boolean;
}

export interface ActionState {
  /** Its name over all routes, and its id. */
  readonly name: string;
  readonly id: string;
  readonly state: "begun" | "done" | "completed";
  readonly saved: unknown;
  readonly headers: Headers;
}

interface StoredCopy {
  readonly id: string;
  readonly body: unknown;
  readonly headers: Headers;
}

/** One saga under way: its state as last committed. */
export interface SagaRun {
  readonly key: string;
  state: SagaState;
  failure(): PortolanError;
  entered(): Message;
}

/** Keeps the progress of the sagas of one step. */
export interface SagaLog {
  /** The saga of this message: a new one, or what an earlier delivery left. */
  open(message: Message, execution: Execution): Promise<SagaRun>;
  begin(run: SagaRun, action: Omit<ActionState, "state">): Promise<void>;
  /** Within the unit of work of the action. */
  end(run: SagaRun, ended: { readonly name: string; readonly result: Message }, execution: Execution): Promise<void>;
  isDone(run: SagaRun, name: string): boolean;
  /** The message as the last action that is done left it. */
  resumed(run: SagaRun, entered: Message): Message;
  fail(run: SagaRun, error: PortolanError, decided: boolean): Promise<void>;
  /** The last action that is to be undone, if any is left. One that was refused did nothing. */
  nextToUndo(run: SagaRun): ActionState | undefined;
  /** Within the unit of work of its compensation, if it has one. */
  undone(run: SagaRun, undone: UndoneAction): Promise<void>;
  completed(run: SagaRun, name: string, execution: Execution): Promise<void>;
  /** It has succeeded. A redelivered message must find that out until its own unit of work is committed. */
  close(run: SagaRun, execution: Execution): Promise<void>;
  /** All is undone. A message that is delivered again for want of a commit must find that out, too. */
  closeUndone(run: SagaRun, execution: Execution): Promise<void>;
  drop(run: SagaRun): Promise<void>;
  /** Sagas that nobody delivers again. */
  orphans(each: (run: SagaRun) => Promise<void>): Promise<void>;
}

interface UndoneAction {
  readonly name: string;
  readonly compensated: boolean;
  readonly execution?: Execution;
}

const BATCH = 100;
/** How long a saga that was undone is known where the node died before its message had ended. */
const UNDONE_FOR_MS = 86_400_000;

export function createSagaLog(compiler: StepCompiler): SagaLog {
  const table = compiler.node.table(`saga/${compiler.route}/${compiler.stepId}`);
  const { work } = compiler.node;
  /** Sagas that run in this process. */
  const running = new Set<string>();
  /** How many sagas of a message have ended in a unit of work: it may come in a loop, or a call may be tried again. */
  const ended = new WeakMap<UnitOfWork, Map<string, number>>();

  /** Each of them has a row of its own, which the same one finds again when the message is delivered again. */
  const keyFor = (id: string, unit: UnitOfWork): string => {
    const before = ended.get(unit)?.get(id) ?? 0;
    return JSON.stringify(before === 0 ? id : [id, before]);
  };
  const noteEnd = ({ state }: SagaRun, unit: UnitOfWork): void => {
    const counts = ended.get(unit) ?? new Map<string, number>();
    ended.set(unit, counts);
    counts.set(state.entered.id, (counts.get(state.entered.id) ?? 0) + 1);
  };

  const save = async (run: SagaRun, next: SagaState, execution: Execution): Promise<void> => {
    await table.withRow(execution, run.key, (row) => row.put(next));
    execution.unit.listen({ ended: (committed) => committed && (run.state = next) });
  };
  const saveNow = (run: SagaRun, next: SagaState): Promise<void> => work((execution) => save(run, next, execution));
  const drop = (run: SagaRun, execution: Execution): Awaitable<void> => table.withRow(execution, run.key, (row) => row.drop());

  /** Once the message has ended, nobody asks for it any more. */
  const forget = (key: string, undoneFor: string | undefined): Promise<void> =>
    work((execution) =>
      table.withRow(execution, key, async (row) => {
        const state = (await row.get())?.value as SagaState | undefined;
        if (state?.phase === "undone" && state.undoneFor === undoneFor) await row.drop();
      }),
    ).catch((error: unknown) =>
      compiler.log.log("warn", "what is left of a saga that was undone goes later", { route: compiler.route, error: String(error) }),
    );

  const log: SagaLog = {
    async open(message, execution) {
      const key = keyFor(message.id, execution.unit);
      running.add(key);
      const known = await table.withRow(execution, key, (row) => row.get());
      const { delivery } = execution.unit;
      const state = known?.value as SagaState | undefined;
      const isOver = state?.phase === "undone" && state.undoneFor !== nameOf(delivery);
      if (state !== undefined && !isOver) return runOf(key, state);
      return runOf(key, { phase: "forward", redelivered: delivery !== undefined, entered: copyOf(message), actions: [], compensated: [] });
    },

    async begin(run, action) {
      // An action that was begun before a crash is begun again: its outcome is not known.
      const others = run.state.actions.filter(({ name }) => name !== action.name);
      await saveNow(run, { ...run.state, actions: [...others, { ...action, state: "begun" }] });
    },

    end: (run, { name, result }, execution) =>
      save(run, { ...run.state, current: copyOf(result), actions: withState(run.state.actions, name, "done") }, execution),

    isDone: (run, name) => run.state.actions.some((action) => action.name === name && action.state !== "begun"),

    resumed: (run, entered) => (run.state.current === undefined ? entered : { ...run.state.current, attributes: entered.attributes }),

    async fail(run, error, decided) {
      const { code, kind, message } = error;
      const last = run.state.actions.at(-1);
      const nothingHappened = kind === "rejected" || kind === "invalid";
      const actions = last?.state === "begun" && nothingHappened ? run.state.actions.slice(0, -1) : run.state.actions;
      await saveNow(run, { ...run.state, phase: "compensating", error: { code, kind, message, decided }, actions });
    },

    nextToUndo: (run) => run.state.actions.at(-1),

    async undone(run, { name, compensated, execution }) {
      const action = run.state.actions.find((one) => one.name === name);
      const actions = run.state.actions.filter((one) => one.name !== name);
      const ids = compensated && action !== undefined ? [...run.state.compensated, action.id] : run.state.compensated;
      const next = { ...run.state, actions, compensated: ids };
      await (execution === undefined ? saveNow(run, next) : save(run, next, execution));
    },

    completed: (run, name, execution) => save(run, { ...run.state, actions: withState(run.state.actions, name, "completed") }, execution),

    async close(run, execution) {
      running.delete(run.key);
      if (!run.state.redelivered) return work((own) => drop(run, own));
      await saveNow(run, { ...run.state, phase: "done" });
      await drop(run, execution);
      noteEnd(run, execution.unit);
    },

    async closeUndone(run, execution) {
      const { unit } = execution;
      if (unit.delivery === undefined) return log.drop(run);
      running.delete(run.key);
      const undoneFor = nameOf(unit.delivery);
      const next: SagaState = { ...run.state, phase: "undone", undoneFor };
      await work((own) => table.withRow(own, run.key, (row) => row.put(next, { until: compiler.clock.now() + UNDONE_FOR_MS })));
      noteEnd(run, unit);
      const start = () => void forget(run.key, undoneFor);
      (unit.afterwards ??= []).push({ ifItStands: false, append: undefined, start });
    },

    async drop(run) {
      running.delete(run.key);
      await work((execution) => drop(run, execution));
    },

    async orphans(each) {
      for (let after = -1; ;) {
        const rows = await table.list({ after, limit: BATCH });
        for (const { key, value } of rows) {
          const state = value as SagaState;
          if (!state.redelivered && !running.has(key)) await each(runOf(key, state));
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < BATCH) return;
        after = last.order;
      }
    },
  };
  return log;
}

function runOf(key: string, state: SagaState): SagaRun {
  return {
    key,
    state,
    failure() {
      const { code, kind, message } = this.state.error ?? {
        code: "PORTOLAN_STOPPING",
        kind: "transient",
        message: "the node died while the saga ran",
      };
      return new PortolanError(code, message, { kind });
    },
    entered() {
      return { ...this.state.entered, attributes: NO_ATTRIBUTES };
    },
  };
}

/** Another one after every failure that was counted and every wait. */
function nameOf(delivery: Delivery | undefined): string | undefined {
  return delivery === undefined ? undefined : JSON.stringify([delivery.ref, delivery.failures, delivery.parked]);
}

function withState(actions: readonly ActionState[], name: string, state: ActionState["state"]): readonly ActionState[] {
  return actions.map((action) => (action.name === name ? { ...action, state } : action));
}

function copyOf({ id, body, headers }: Message): StoredCopy {
  return { id, body, headers };
}
