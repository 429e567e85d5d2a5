import type { DatabaseSync } from "node:sqlite";
import { PortolanError } from "@portolan/core";
import type { Changes } from "./changes.ts";
import type { EncodedCommit } from "./protocol.ts";
import type { Spool } from "./spool.ts";
import { asStoreError, isDiskTrouble } from "./sqlite-error.ts";
import { inTransaction } from "./statement.ts";
import type { EffectWriter } from "./transaction.ts";

export type CommitOutcome = PortolanError | undefined;

interface Transacted {
  readonly outcomes: readonly CommitOutcome[];
  readonly changes: Changes;
}

export interface CommitWriter {
  /** Writes commits in their order, together if it can be; one outcome for each. */
  write(commits: readonly EncodedCommit[]): readonly CommitOutcome[];
  /** Writes what is owed: commits that asked for no durability, were acknowledged, and met a full or failing disk. */
  settleDebts(): CommitOutcome;
  readonly isOwing: boolean;
}

export interface CommitWriterParts {
  readonly database: DatabaseSync;
  readonly place: string;
  readonly effects: EffectWriter;
  readonly spool: Spool;
  /** Called in each transaction before anything is read: another connection may have written since. */
  readonly refresh: () => void;
  readonly onCommitted: (changes: Changes) => void;
  /** A transaction was undone: numbers and channels that it had made are not there. */
  readonly onUndone: () => void;
}

export function createCommitWriter(parts: CommitWriterParts): CommitWriter {
  const { database, effects, spool } = parts;
  let synchronous = "FULL";
  let owed: EncodedCommit[] = [];

  function setSynchronous(commits: readonly EncodedCommit[]): void {
    const wanted = commits.some(([durability]) => durability === "power-loss") ? "FULL" : "NORMAL";
    if (wanted === synchronous) return;
    database.exec(`PRAGMA synchronous = ${wanted}`);
    synchronous = wanted;
  }

  /** One transaction. A conflict fails its own commit; anything else fails, and undoes, them all. */
  function transact(commits: readonly EncodedCommit[]): Transacted {
    const changes: Changes = { pending: [], keptKeys: [], spooled: [], published: [], unnamed: [] };
    try {
      setSynchronous(commits);
      const outcomes = inTransaction(database, () => {
        parts.refresh();
        const found = commits.map((commit) => writeOne(commit, changes));
        spool.sync();
        return found;
      });
      return { outcomes, changes };
    } catch (error) {
      parts.onUndone();
      spool.remove(changes.spooled);
      throw error;
    }
  }

  /** The commits have happened: what fails from here on is no failure of theirs, and must not be taken for one. */
  function announce({ outcomes, changes }: Transacted): readonly CommitOutcome[] {
    parts.onCommitted(changes);
    return outcomes;
  }

  function writeOne(commit: EncodedCommit, changes: Changes): CommitOutcome {
    try {
      effects.write(commit, changes);
      return undefined;
    } catch (error) {
      if (error instanceof PortolanError && error.code === "PORTOLAN_CONFLICT") return error;
      throw error;
    }
  }

  /**
   * Each in a transaction of its own: what can be written is, and only those fail that cannot. But what comes after a commit
   * that is owed must not become visible before it.
   */
  function writeApart(commits: readonly EncodedCommit[]): readonly CommitOutcome[] {
    let blocking: CommitOutcome;
    return commits.map((commit) => {
      if (blocking !== undefined) return refuse(commit, blocking);
      let transacted: Transacted;
      try {
        transacted = transact([commit]);
      } catch (error) {
        const failure = asStoreError(error, parts.place);
        if (isDiskTrouble(error) && commit[0] === "none") blocking = failure;
        return blocking === undefined ? failure : refuse(commit, blocking);
      }
      return announce(transacted)[0];
    });
  }

  function refuse(commit: EncodedCommit, failure: PortolanError): PortolanError {
    if (commit[0] === "none") owed.push(commit);
    return failure;
  }

  function writeAll(commits: readonly EncodedCommit[]): readonly CommitOutcome[] {
    let transacted: Transacted;
    try {
      transacted = transact(commits);
    } catch {
      // The causes come to light one by one.
      return writeApart(commits);
    }
    return announce(transacted);
  }

  /** Debts are older than anything else that is to be written. */
  function write(commits: readonly EncodedCommit[]): readonly CommitOutcome[] {
    const debts = owed;
    owed = [];
    return writeAll([...debts, ...commits]).slice(debts.length);
  }

  return {
    write,
    settleDebts() {
      if (owed.length > 0) write([]);
      return owed.length === 0 ? undefined : debtError(owed.length, parts.place);
    },
    get isOwing() {
      return owed.length > 0;
    },
  };
}

function debtError(count: number, place: string): PortolanError {
  return new PortolanError("PORTOLAN_STORE_FAILED", `${count} commits that asked for no durability could not be written to ${place}`, {
    hint: "The disk is full or failing. Free space before the node is stopped.",
  });
}
