import type { DatabaseSync } from "node:sqlite";
import type { ClaimKey } from "../leases.ts";
import { hashKey } from "./key-hash.ts";
import { prepare } from "./statement.ts";

export interface KeyTable {
  keep(key: ClaimKey & { readonly until: number; readonly result: string | null }): void;
  /** The result that was kept with a key whose time is not over. */
  find(key: ClaimKey, now: number): { readonly result: string | null } | undefined;
  prune(limit: number, now: number): number;
}

export function createKeyTable(database: DatabaseSync): KeyTable {
  const find = prepare<readonly [id: number, until: number, result: string | null]>(
    database,
    "SELECT id, until, result FROM keys WHERE hash = ? AND key = ? AND scope = ?",
  );
  const insert = prepare(database, "INSERT INTO keys (hash, key, scope, until, result) VALUES (?, ?, ?, ?, ?)");
  const update = prepare(database, "UPDATE keys SET until = ?, result = ? WHERE id = ?");
  const remove = prepare(database, "DELETE FROM keys WHERE id IN (SELECT id FROM keys WHERE until <= ? ORDER BY until LIMIT ?)");

  return {
    keep({ scope, key, until, result }) {
      const number = hashKey({ scope, key });
      const known = find.get(number, key, scope);
      if (known === undefined) insert.run(number, key, scope, until, result);
      else update.run(until, result, known[0]);
    },
    find({ scope, key }, now) {
      const known = find.get(hashKey({ scope, key }), key, scope);
      return known === undefined || known[1] <= now ? undefined : { result: known[2] };
    },
    prune: (limit, now) => remove.run(now, limit),
  };
}
