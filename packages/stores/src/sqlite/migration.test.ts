import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { openSqliteStoreForAdmin } from "./admin-store.ts";
import { hashKey } from "./key-hash.ts";
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from "./schema.ts";
import { append, createStoreFolder } from "./store-folder.test.support.ts";

describe("a store of an earlier schema version", () => {
  const folder = createStoreFolder();
  const clock = createVirtualClock();

  /** A store as version 1 left it: a message that waits, a dead letter whose body lies in a file, and one that was pruned. */
  async function createVersion1(): Promise<string> {
    const directory = folder.next();
    await mkdir(join(directory, "spool"), { recursive: true });
    await writeFile(join(directory, "spool", "5"), "x".repeat(300_000));
    const database = new DatabaseSync(join(directory, "store.db"));
    const deadLetter = JSON.stringify({ facts: { route: "orders", step: "call", attempts: 1, at: 0 }, failedBody: { json: null } });
    database.exec(`
      ${MIGRATIONS[0]};
      PRAGMA user_version = 1;
      PRAGMA application_id = ${APPLICATION_ID};
      UPDATE meta SET value = 7 WHERE name = 'removedUpTo';
      INSERT INTO channels (id, name) VALUES (1, 'orders'), (2, 'dead');
      INSERT INTO subscriptions VALUES (1, 1, 'orders', 1), (2, 2, NULL, 0);
      INSERT INTO messages (sequence, channel, id, kind, appended_at, headers, body) VALUES (4, 1, 'a', 0, 10, '{"n":1}', '{"total":3}');
      INSERT INTO messages (sequence, channel, id, kind, appended_at, spool, dead_letter) VALUES (5, 2, 'b', 1, 11, '5', '${deadLetter}');
      INSERT INTO pending (subscription, sequence) VALUES (1, 4), (2, 5);
      INSERT INTO positions VALUES ('p', '{"offset":1}');
    `);
    database.close();
    return directory;
  }

  it("is brought up to date when its node starts, with all that it held", async () => {
    const directory = await createVersion1();
    const { store, subscriptions } = await folder.open(directory, clock, ["orders", "route:orders"]);
    const [orders, inbox] = subscriptions;
    if (orders === undefined || inbox === undefined) throw new Error("no subscriptions");
    const [a] = await orders.take(10);
    expect(a).toMatchObject({ appendedAt: 10, message: { id: "a", body: { total: 3 }, headers: { n: 1 } } });
    expect(a?.message).not.toHaveProperty("attributes");
    expect(await store.position("p")).toEqual({ offset: 1 });
    expect(await store.redrive("dead")).toBe(1);
    const [b] = await inbox.take(10);
    expect(b?.message.body).toHaveLength(300_000);
    expect(b?.ref.sequence).toBe(8);
  });

  it("has the new columns and tables afterwards", async () => {
    const directory = await createVersion1();
    const { store, subscriptions } = await folder.open(directory, clock);
    const message = { id: "c", body: 1, headers: {}, attributes: { group: "g" } };
    await store.commit(
      [
        { kind: "append", channel: "orders", message },
        { kind: "putState", scope: "s", key: "k", value: [1], expected: 0 },
      ],
      "power-loss",
    );
    expect((await subscriptions[0]?.take(10))?.map((delivery) => delivery.message.attributes)).toEqual([undefined, { group: "g" }]);
    expect((await store.state("s", "k"))?.value).toEqual([1]);
    await store.close();
    const database = new DatabaseSync(join(directory, "store.db"));
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: SCHEMA_VERSION });
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  });

  it("keeps its rows of state, which had no lists in version 2", async () => {
    const directory = folder.next();
    await mkdir(directory, { recursive: true });
    const database = new DatabaseSync(join(directory, "store.db"));
    database.exec(`
      ${MIGRATIONS[0]}; ${MIGRATIONS[1]};
      PRAGMA user_version = 2;
      PRAGMA application_id = ${APPLICATION_ID};
      INSERT INTO scopes VALUES (1, 's');
      INSERT INTO state (id, scope, hash, key, version, due, kind, value) VALUES (7, 1, ${hashKey({ scope: "s", key: "k" })}, 'k', 3, 9, 0, '[1]');
    `);
    database.close();
    const { store } = await folder.open(directory, clock);
    await store.commit([{ kind: "putState", scope: "s", key: "k", value: [2], expected: 3, due: 9, items: ["a"] }], "power-loss");
    expect(await store.states("s", { dueBy: 9, limit: 10 })).toEqual([{ key: "k", value: [2], version: 4, count: 1, due: 9, order: 7 }]);
    expect(await store.stateItems("s", "k")).toEqual(["a"]);
  });

  it("is not changed by an operator's command, which says what to do", async () => {
    const directory = await createVersion1();
    await expect(openSqliteStoreForAdmin({ directory, clock })).rejects.toMatchObject({
      code: "PORTOLAN_STORE_VERSION",
      hint: expect.stringContaining("Start the app once"),
    });
    const { store } = await folder.open(directory, clock);
    await store.commit([append("c")], "power-loss");
    await store.close();
    const admin = await openSqliteStoreForAdmin({ directory, clock });
    expect((await admin.peek("orders", { limit: 10 })).map(({ message }) => message.id)).toEqual(["a", "c"]);
    await admin.close();
  });
});
