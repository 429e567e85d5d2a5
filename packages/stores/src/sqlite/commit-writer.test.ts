import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { createCommitWriter } from "./commit-writer.ts";

describe("the writer of commits", () => {
  it("does not write a commit again when only what is told of it afterwards fails", () => {
    const database = new DatabaseSync(":memory:");
    database.exec("CREATE TABLE written (id INTEGER PRIMARY KEY)");
    const removed: string[] = [];
    const writer = createCommitWriter({
      database,
      place: "memory",
      effects: {
        write(_commit, changes) {
          database.exec("INSERT INTO written DEFAULT VALUES");
          changes.spooled.push("body");
        },
      },
      spool: { write() {}, sync() {}, sweep() {}, remove: (names) => void removed.push(...names) },
      refresh() {},
      onUndone() {},
      onCommitted() {
        throw new Error("the disk of temporary files is full");
      },
    });
    expect(() => writer.write([["power-loss", 0, [], 0]])).toThrow("temporary files");
    expect(() =>
      writer.write([
        ["power-loss", 0, [], 0],
        ["power-loss", 0, [], 0],
      ]),
    ).toThrow("temporary files");
    expect(database.prepare("SELECT count(*) AS n FROM written").get()).toEqual({ n: 3 });
    expect(removed).toEqual([]);
    database.close();
  });
});
