import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";
import { createSeededRandom, createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { openSqliteStoreForAdmin } from "./admin-store.ts";
import { createStoreFolder } from "./store-folder.test.support.ts";

const LANES = 3;
const KILLS = 7;
const WRITER = join(import.meta.dirname, "crash-writer.test.support.ts");

interface Acknowledged {
  readonly sent: Set<string>;
  readonly relayed: Set<string>;
}

interface Kill {
  /** How many commits the writer tells of before it is killed. */
  readonly after: number;
  readonly acknowledged: Acknowledged;
}

describe("a store whose process is killed", () => {
  const folder = createStoreFolder();

  /** Kills the writer after it has told of a number of commits. */
  async function runAndKill(directory: string, run: string, { after, acknowledged }: Kill): Promise<void> {
    const writer = spawn(process.execPath, ["--conditions=portolan-source", WRITER, directory, run], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(writer, "exit");
    let left = after;
    for await (const line of createInterface(writer.stdout)) {
      const [what, id = ""] = line.split(" ");
      (what === "sent" ? acknowledged.sent : acknowledged.relayed).add(id);
      left -= 1;
      if (left === 0) writer.kill("SIGKILL");
    }
    expect((await exited)[1]).toBe("SIGKILL");
  }

  async function check(directory: string, { sent, relayed }: Acknowledged): Promise<void> {
    const admin = await openSqliteStoreForAdmin({ directory, clock: createVirtualClock() });
    const idsIn = async (channel: string) => (await admin.peek(channel, { limit: 1_000_000 })).map(({ message }) => message.id);
    const [orders, a, b] = await Promise.all(["orders", "bills.a", "bills.b"].map(idsIn));
    const bodies = (await admin.peek("orders", { limit: 1_000_000 })).map(({ message }) => message.body);
    await admin.close();
    expect(b).toEqual(a);
    expect(new Set(a).size).toBe(a?.length);
    const everywhere = new Set([...(orders ?? []), ...(a ?? [])]);
    expect(everywhere.size).toBe((orders?.length ?? 0) + (a?.length ?? 0));
    expect([...sent].filter((id) => !everywhere.has(id))).toEqual([]);
    expect([...relayed].filter((id) => !a?.includes(id))).toEqual([]);
    for (const [index, body] of bodies.entries()) expect(body).toMatchObject({ id: orders?.[index] });
    checkOthers(directory, a ?? []);
  }

  function checkOthers(directory: string, relayed: readonly string[]): void {
    const database = new DatabaseSync(join(directory, "store.db"));
    const all = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => String(row["id"]))
        .toSorted();
    const expected = relayed.toSorted();
    expect(all("SELECT key AS id FROM keys")).toEqual(expected);
    expect(all("SELECT substr(name, 6) AS id FROM positions")).toEqual(expected);
    expect(all("SELECT key AS id FROM state")).toEqual(expected);
    for (const number of [0, 1])
      expect(all(`SELECT key AS id FROM state JOIN state_items ON state = id WHERE number = ${number}`)).toEqual(expected);
    const files = new Set(readdirSync(join(directory, "spool")));
    for (const table of ["state", "state_items"])
      expect(all(`SELECT spool AS id FROM ${table} WHERE spool IS NOT NULL`).filter((name) => !files.has(name))).toEqual([]);
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  }

  async function runLane(lane: number): Promise<Acknowledged> {
    const random = createSeededRandom(lane);
    const directory = folder.next();
    const acknowledged: Acknowledged = { sent: new Set(), relayed: new Set() };
    for (let kill = 0; kill < KILLS; kill += 1) {
      await runAndKill(directory, `${lane}.${kill}`, { after: 1 + Math.floor(random.next() * 150), acknowledged });
      await check(directory, acknowledged);
    }
    return acknowledged;
  }

  it("has everything acknowledged, and no unit of work in part, after each of many kills", { timeout: 180_000 }, async () => {
    const lanes = await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));
    for (const { sent, relayed } of lanes) expect(Math.min(sent.size, relayed.size)).toBeGreaterThan(KILLS);
  });
});
