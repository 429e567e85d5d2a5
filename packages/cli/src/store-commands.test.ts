import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Effect, JournalEntry, Store } from "@portolan/core";
import { createSystemClock } from "@portolan/host";
import { createSqliteStore } from "@portolan/stores";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "./io.test.support.ts";

let directory: string;
/** Stays open: commands work beside a running node. */
let store: Store;

const ERROR = { code: "ERP_DOWN", kind: "transient", message: "no answer\u001b[2J", hint: "wait" } as const;
const HOUR = 3_600_000;

function failed(messageId: string, startedAt: number, failure: Partial<JournalEntry> = {}): Effect {
  const entry: JournalEntry = {
    messageId,
    route: "deliver",
    via: "channel:orders",
    startedAt,
    durationMs: 12,
    outcome: "deadLettered",
    steps: [{ step: "0", pattern: "call", at: 0.5, ms: 11, error: "ERP_DOWN" }],
    error: ERROR,
    failedStep: "0",
    ...failure,
  };
  return { kind: "journal", entry };
}

function deadLetter(id: string, body: unknown): Effect {
  const letter = {
    route: "deliver",
    step: "0",
    error: ERROR,
    attempts: 3,
    failedBody: { ...Object(body), total: 9 },
    channel: "orders",
    at: 0,
  };
  return { kind: "append", channel: "dead", message: { id, body, headers: { tenant: "a" }, deadLetter: letter } };
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "portolan-commands-"));
  const clock = createSystemClock();
  store = createSqliteStore({ directory: join(directory, ".portolan"), clock });
  const channels = ["orders", "dead", "route:deliver"].map((name) => ({ name, ordered: false, prioritized: false }));
  await store.open({ channels, subscriptions: [{ channel: "orders", route: "deliver" }] });
  const now = clock.now();
  await store.commit(
    [
      deadLetter("m1", { order: 1 }),
      deadLetter("m2", { order: 2 }),
      { kind: "append", channel: "orders", message: { id: "m3", body: "x".repeat(1000), headers: {} } },
      failed("m1", now - 2 * HOUR),
      failed("m2", now - HOUR),
      failed("m9", now - 3 * HOUR, { error: { code: "OTHER", kind: "defect", message: "odd" } }),
    ],
    "power-loss",
  );
});
afterAll(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function json(...argv: string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await command([...argv, "--json"], { directory });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe("commands on a store", () => {
  it("list its channels with what waits in them and who reads them", async () => {
    expect(await json("channels")).toMatchObject([
      { name: "dead", waiting: 2, subscriptions: [] },
      { name: "orders", waiting: 1, subscriptions: [{ route: "deliver", waiting: 1 }] },
    ]);
    expect(await json("channels", "ls", "--all")).toContainEqual(expect.objectContaining({ name: "route:deliver", waiting: 0 }));
    const { stdout } = await command(["channels", "ls", "--store", ".portolan"], { directory });
    expect(stdout).toMatch(/^CHANNEL +WAITING +POSTPONED +OLDEST +READ BY\n/);
    expect(stdout).toMatch(/\norders +1 +0 +\S+ ago +deliver/);
  });

  it("show waiting messages page by page, shortened for people and whole as JSON", async () => {
    const [first] = await json("channels", "peek", "dead", "--limit", "1");
    expect(first).toMatchObject({ message: { id: "m1", body: { order: 1 }, deadLetter: { attempts: 3 } } });
    const { sequence } = first as { readonly sequence: number };
    expect(await json("channels", "peek", "dead", "--after", String(sequence))).toMatchObject([{ message: { id: "m2" } }]);
    expect((await command(["channels", "peek", "orders"], { directory })).stdout).toContain("(1002 characters; --json shows all)");
    const { stdout } = await command(["channels", "peek", "dead"], { directory });
    expect(stdout).toContain(
      '  body     {"order":1}\n  headers  {"tenant":"a"}\n  failed   ERP_DOWN (transient): no answer\\x1b[2J\n  at       route deliver, step 0, 3 attempts\n',
    );
  });

  it("group failures by code, route and step, the latest first", async () => {
    expect(await json("errors")).toMatchObject([
      { code: "ERP_DOWN", route: "deliver", step: "0", count: 2, example: "m2", message: ERROR.message },
      { code: "OTHER", count: 1, example: "m9" },
    ]);
    expect(await json("errors", "--limit", "1")).toHaveLength(1);
    const { stdout } = await command(["errors"], { directory });
    expect(stdout).toMatch(/\nERP_DOWN +deliver +0 +2 +1h ago +m2 +no answer\\x1b\[2J\n/);
  });

  it("tell what became of a message", async () => {
    expect(await json("messages", "show", "m1")).toMatchObject([
      {
        id: "m1",
        entries: [{ outcome: "deadLettered", failedStep: "0" }],
        waiting: [{ channel: "dead", message: { body: { order: 1 } } }],
      },
    ]);
    const { stdout } = await command(["messages", "show", "m1"], { directory });
    expect(stdout).toContain(
      "route deliver, by channel:orders: deadLettered after 12 ms\n  0  call  +0.5 ms  11.0 ms  ERP_DOWN\n  failed at step 0: ERP_DOWN (transient): no answer\\x1b[2J\n    help: wait",
    );
    expect(stdout).toContain('failed body  {"order":1,"total":9}');
  });

  it("send dead letters back, and remove messages, and say how many", async () => {
    const letters = (await json("channels", "peek", "dead")) as { readonly sequence: number }[];
    const [one, two] = letters.map(({ sequence }) => String(sequence));
    expect(await json("channels", "redrive", "dead", String(one))).toEqual([{ channel: "dead", redriven: 1 }]);
    expect(await json("channels")).toContainEqual(expect.objectContaining({ name: "route:deliver", waiting: 1 }));
    expect(await json("channels", "peek", "route:deliver")).toMatchObject([{ message: { id: "m1", body: { order: 1 } } }]);
    // It is gone already: nothing is done, and that is a failure.
    expect(await command(["channels", "redrive", "dead", String(one)], { directory })).toMatchObject({
      code: 1,
      stdout: "0 sent back from dead\n",
      stderr: `not in dead: ${one} (see: portolan channels peek dead)\n`,
    });
    const { stdout: purged } = await command(["channels", "purge", "dead", "9999", "--json"], { directory });
    expect(JSON.parse(purged)).toEqual({ channel: "dead", removed: 0, missing: [9999] });
    const [order] = (await json("channels", "peek", "orders")) as { readonly sequence: number }[];
    expect(await command(["channels", "redrive", "orders", String(order?.sequence)], { directory })).toMatchObject({
      code: 1,
      stdout: "0 sent back from orders\n",
      stderr: "1 of them are no dead letters, and stay where they are\n",
    });
    expect(await command(["channels", "purge", "dead", String(two)], { directory })).toMatchObject({
      code: 0,
      stdout: "1 removed from dead\n",
    });
    expect((await command(["channels", "peek", "dead"], { directory })).stdout).toBe("nothing waits in dead\n");
    expect(await command(["channels", "redrive", "dead", "--all"], { directory })).toMatchObject({
      code: 0,
      stdout: "0 sent back from dead\n",
    });
  });

  it.each([
    [["channels", "peek", "daed"], 1, 'the store has no channel "daed"', 'did you mean "dead"?'],
    [["messages", "show", "nobody"], 1, "the store knows no message nobody", "the journal keeps failures only"],
    [["channels", "--store", "elsewhere"], 4, "error[PORTOLAN_STORE_MISSING]", ""],
  ])("refuse %j", async (argv, code, message, help) => {
    const outcome = await command(argv, { directory });
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: "" });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).toContain(help);
  });
});
