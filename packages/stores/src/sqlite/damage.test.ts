import { mkdir, readFile, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { openSqliteStoreForAdmin } from "./admin-store.ts";
import { append, createStoreFolder } from "./store-folder.test.support.ts";

describe("a store that cannot be used", () => {
  const folder = createStoreFolder();
  const clock = createVirtualClock();

  /** What a node and an operator are told, and whether the file is what it was. */
  async function refusals(directory: string) {
    const file = join(directory, "store.db");
    const before = await readFile(file);
    const node = await folder.open(directory, clock).catch(describeError);
    const admin = await openSqliteStoreForAdmin({ directory, clock }).catch(describeError);
    return { node, admin, isUntouched: (await readFile(file)).equals(before) };
  }

  const describeError = (error: Error & { readonly code?: string }) => `${error.code}: ${error.message}`;
  const refused = (pattern: RegExp) => ({ node: expect.stringMatching(pattern), admin: expect.stringMatching(pattern), isUntouched: true });

  /** A store with some messages whose file holds everything. */
  async function createStore(): Promise<string> {
    const directory = folder.next();
    const { store } = await folder.open(directory, clock);
    await store.commit(
      Array.from({ length: 200 }, (_, index) => append(`m${index}`, "x".repeat(500))),
      "power-loss",
    );
    await store.close();
    return directory;
  }

  it("says so of a file that is no database, and leaves it", async () => {
    const directory = folder.next();
    await mkdir(directory);
    await writeFile(join(directory, "store.db"), "this is a text of some length, and certainly not a database".repeat(200));
    expect(await refusals(directory)).toEqual(refused(/PORTOLAN_STORE_CORRUPT.*store\.db.*not a database/));
  });

  it("says so of a database of another application, and leaves it", async () => {
    const directory = folder.next();
    await mkdir(directory);
    const foreign = new DatabaseSync(join(directory, "store.db"));
    foreign.exec("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('mine')");
    foreign.close();
    expect(await refusals(directory)).toEqual(refused(/PORTOLAN_STORE_CORRUPT.*another application/));
  });

  it("says so of a file that was cut off, and leaves it", async () => {
    const directory = await createStore();
    const file = join(directory, "store.db");
    await truncate(file, Math.floor((await readFile(file)).length / 2));
    expect(await refusals(directory)).toEqual(refused(/PORTOLAN_STORE_CORRUPT.*store\.db/));
  });

  it("says so of a file with bad pages, and leaves it", async () => {
    const directory = await createStore();
    const file = join(directory, "store.db");
    const content = await readFile(file);
    // Not the first page, whose damage would make it no database at all.
    for (let page = 1; (page + 1) * 8192 <= content.length; page += 1) content.fill(0xa5, page * 8192, page * 8192 + 64);
    await writeFile(file, content);
    expect(await refusals(directory)).toEqual(refused(/PORTOLAN_STORE_CORRUPT.*store\.db/));
  });

  it("says so of a store that a newer version wrote, and leaves it", async () => {
    const directory = await createStore();
    const database = new DatabaseSync(join(directory, "store.db"));
    database.exec("PRAGMA user_version = 4711; PRAGMA wal_checkpoint(TRUNCATE)");
    database.close();
    expect(await refusals(directory)).toEqual(refused(/PORTOLAN_STORE_VERSION.*version 4711/));
  });

  it("does not keep the directory locked", async () => {
    const directory = folder.next();
    await mkdir(directory);
    await writeFile(join(directory, "store.db"), "no database at all, but long enough to have a header of one hundred bytes".repeat(2));
    await expect(folder.open(directory, clock)).rejects.toMatchObject({ code: "PORTOLAN_STORE_CORRUPT" });
    await writeFile(join(directory, "store.db"), "");
    const { store } = await folder.open(directory, clock);
    await store.commit([append("a")], "power-loss");
    await store.close();
  });

  it("goes on from a store that was opened but never written", async () => {
    const directory = folder.next();
    await (await folder.open(directory, clock)).store.close();
    const { store } = await folder.open(directory, clock);
    await store.commit([append("a")], "power-loss");
    expect((await store.channels())[0]?.waiting).toBe(1);
    await store.close();
    expect(await readdir(directory)).not.toContain("store.db-wal");
  });

  it("is not there for operators before its app has started", async () => {
    await expect(openSqliteStoreForAdmin({ directory: folder.next(), clock })).rejects.toMatchObject({ code: "PORTOLAN_STORE_MISSING" });
  });

  it("is none for operators while it is an empty file: a node that was cut off before it had set it up", async () => {
    const directory = folder.next();
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, "store.db"), "");
    await expect(openSqliteStoreForAdmin({ directory, clock })).rejects.toMatchObject({
      code: "PORTOLAN_STORE_MISSING",
      message: `the store in ${directory} is empty: no app has started on it`,
    });
  });
});
