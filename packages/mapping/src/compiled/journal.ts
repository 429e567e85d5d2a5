/** What calls out of an expression have answered so far: an evaluation that had to wait begins anew and reads it from the start. */
export interface Journal {
  readonly entries: (() => unknown)[];
  next: number;
}

/** Thrown where a bound function answers with a promise. */
export class Suspension extends Error {
  readonly answer: Promise<unknown>;

  constructor(answer: Promise<unknown>) {
    super("the evaluation waits for a bound function");
    this.answer = answer;
  }
}

/** The answer of a call, from the journal if it was made before. */
export function recall(journal: Journal, call: () => unknown): unknown {
  const known = journal.entries[journal.next];
  journal.next += 1;
  if (known !== undefined) return known();
  const answer = call();
  if (answer instanceof Promise) throw new Suspension(answer);
  journal.entries.push(() => answer);
  return answer;
}

/** Evaluates until nothing has to be waited for: at once, or as a promise. */
export function replay(journal: Journal, evaluate: () => unknown): unknown {
  journal.next = 0;
  try {
    return evaluate();
  } catch (thrown) {
    if (!(thrown instanceof Suspension)) throw thrown;
    return settle(journal, thrown.answer).then(() => replay(journal, evaluate));
  }
}

async function settle(journal: Journal, answer: Promise<unknown>): Promise<void> {
  try {
    const value = await answer;
    journal.entries.push(() => value);
  } catch (thrown) {
    journal.entries.push(() => {
      throw thrown;
    });
  }
}
