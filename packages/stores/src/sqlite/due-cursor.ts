import type { DatabaseSync } from "node:sqlite";
import { type Statement, prepare } from "./statement.ts";

export type DueRow = readonly [sequence: number, due: number, key: string | null, priority: number | null];

export interface DueStatements {
  readonly due: Statement<DueRow>;
  readonly next: Statement<readonly [due: number]>;
}

/** Goes over the rows of one subscription that have to wait, in the order of their times, each once. */
export class DueCursor {
  readonly #subscription: number;
  readonly #statements: DueStatements;
  #due = 0;
  #sequence = 0;
  #next: number | undefined;

  constructor(subscription: number, statements: DueStatements) {
    this.#subscription = subscription;
    this.#statements = statements;
  }

  /** When the next row that was not passed yet is due. */
  get next(): number | undefined {
    return this.#next;
  }

  reset(): void {
    this.#due = 0;
    this.#sequence = 0;
    this.#findNext();
  }

  /** A row will have to wait until `due`. Answers false if the cursor is past that time, as when the clock went back. */
  note(due: number): boolean {
    if (due <= this.#due) return false;
    if (this.#next === undefined || due < this.#next) this.#next = due;
    return true;
  }

  hasPassed(due: number, sequence: number): boolean {
    return due < this.#due || (due === this.#due && sequence <= this.#sequence);
  }

  /** Passes rows that are due now. */
  pass(now: number, limit: number): readonly DueRow[] {
    if (this.#next === undefined || this.#next > now) return [];
    const rows = this.#statements.due.all(this.#subscription, this.#due, this.#sequence, now, limit);
    const last = rows.at(-1);
    if (last !== undefined) [this.#sequence, this.#due] = last;
    this.#findNext();
    return rows;
  }

  #findNext(): void {
    this.#next = this.#statements.next.get(this.#subscription, this.#due, this.#sequence)?.[0];
  }
}

/** The index is named, and the pair comes first, because the planner would else walk through all rows of the same time. */
export function prepareDueStatements(database: DatabaseSync): DueStatements {
  const from = "FROM pending INDEXED BY pending_due WHERE subscription = ? AND (due, sequence) > (?, ?) AND due > 0";
  return {
    due: prepare(database, `SELECT sequence, due, key, priority ${from} AND due <= ? ORDER BY due, sequence LIMIT ?`),
    next: prepare(database, `SELECT due ${from} ORDER BY due, sequence LIMIT 1`),
  };
}
