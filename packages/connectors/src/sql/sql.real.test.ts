import { randomUUID } from "node:crypto";
import { createMessage, PortolanError } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createTemporaryFolder, openTarget, realClock as clock, targetConformance, type TemporaryFolder } from "@portolan/testkit";
import { SERVERS, startServer, type RunningServer } from "@portolan/testkit/servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SqlRow } from "./driver.ts";
import { sqlConnector } from "./index.ts";

const LIMIT_MS = 120_000;

/** What differs between the databases under test. */
const DATABASES = [
  {
    name: "postgres",
    address: "POSTGRES_URL",
    wait: "select pg_sleep(20)",
    procedure: (name: string) =>
      `create procedure ${name}(in id int, inout twice int) language plpgsql as $$ begin twice := 2 * id; end $$`,
    callProcedure: (name: string) => `call ${name}(:id, null)`,
    fail: (name: string) => `create function ${name}() returns int language plpgsql as $$ begin raise exception 'no more'; end $$`,
    callFail: (name: string) => `select ${name}()`,
    denied: "nobody@",
  },
  {
    name: "mariadb",
    address: "MARIADB_URL",
    wait: "select sleep(20)",
    procedure: (name: string) => `create procedure ${name}(in id int) begin select 2 * id as twice; end`,
    callProcedure: (name: string) => `call ${name}(:id)`,
    fail: (name: string) => `create procedure ${name}() begin signal sqlstate '45000' set message_text = 'no more'; end`,
    callFail: (name: string) => `call ${name}()`,
    denied: "nobody:wrong@",
  },
] as const;

describe.each(DATABASES)("$name", ({ name: database, address, wait, procedure, callProcedure, fail, callFail, denied }) => {
  let folder: TemporaryFolder;
  let server: RunningServer;
  let url = "";

  beforeAll(async () => {
    folder = await createTemporaryFolder();
    const definition = SERVERS.get(database);
    if (definition === undefined) throw new Error(`there is no server ${database}`);
    server = await startServer(definition, { folder: folder.root });
    url = server.addresses[address] ?? "";
  }, LIMIT_MS);

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const open = (options: object) =>
    openTarget(sqlConnector, { url, ...options }, { clock, services: { ...createFormats(), directory: folder.root } });

  async function ask(options: object, body: unknown = {}, key = "k"): Promise<unknown> {
    const target = await open(options);
    try {
      return (await target.send(createMessage("m", body, {}), { mode: "call", key }))?.body;
    } finally {
      await target.close();
    }
  }

  const run = (statement: string, body: unknown = {}) => ask({ statement }, body) as Promise<readonly SqlRow[]>;

  const failure = (options: object, body: unknown = {}) =>
    ask(options, body).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

  async function newTable(columns = "id int primary key, total int not null"): Promise<string> {
    const table = `t_${randomUUID().replaceAll("-", "")}`;
    await run(`create table ${table} (${columns})`);
    return table;
  }

  describe("a target", () => {
    targetConformance(
      async () => {
        const table = await newTable();
        return {
          target: await open({ table, columns: ["id", "total"] }),
          sample: (index) => ({ body: { id: index, total: index * 2 } }),
          received: () => run(`select id, total from ${table} order by id`),
          bad: [
            { title: "a body without a property", body: { id: 1 }, kind: "invalid", code: "PORTOLAN_SQL_PARAMETER" },
            { title: "what a column must not be", body: { id: 1, total: null }, kind: "rejected", code: "PORTOLAN_SQL_CONSTRAINT" },
            { title: "a number that is none", body: { id: "one", total: 1 }, kind: "invalid", code: "PORTOLAN_SQL_VALUE" },
          ],
        };
      },
      { describe, it },
    );
  });

  it("a value is never a part of the text", async () => {
    const table = await newTable("id int primary key, note text");
    const note = `'); drop table ${table}; -- :id ? $1 \\' "`;
    await ask({ statement: `insert into ${table} (id, note) values (:id, :note) -- :other` }, { id: 1, note });
    expect(await run(`select id, note from ${table} where note = :note and ':id' <> '?'`, { note })).toEqual([{ id: 1, note }]);
  });

  it("parameters are expressions, else properties of the body, else nothing", async () => {
    const table = await newTable("id int primary key, total int, note varchar(80)");
    const parameters = { id: ({ body }: { body: { number: number } }) => body.number, note: () => undefined };
    await ask({ table, columns: ["id", "total", "note"], parameters }, { number: 7, total: 3 });
    expect(await ask({ statement: `select * from ${table}`, returns: "first" })).toEqual({ id: 7, total: 3, note: null });
    expect(await ask({ statement: `select * from ${table} where id = 8`, returns: "first" })).toBeNull();
  });

  it("what comes again changes the row of its key", async () => {
    const table = await newTable();
    const upsert = { table, columns: ["id", "total"], key: ["id"] };
    await ask(upsert, { id: 1, total: 1 });
    await ask(upsert, [
      { id: 1, total: 5 },
      { id: 2, total: 6 },
    ]);
    await ask({ table, columns: ["id", "total"], key: ["id"] }, { id: 2, total: 7 });
    expect(await run(`select id, total from ${table} order by id`)).toEqual([
      { id: 1, total: 5 },
      { id: 2, total: 7 },
    ]);
    expect(await ask({ statement: `update ${table} set total = :total`, returns: "count" }, { total: 7 })).toEqual({ affected: 2 });
  });

  it("the idempotency key is a parameter, for each element of a batch its own", async () => {
    const table = await newTable("id varchar(80) primary key");
    const target = await open({ statement: `insert into ${table} (id) values (:idempotency_key)` });
    await target.send(createMessage("m", {}, {}), { mode: "to", key: "a" });
    await target.send(createMessage("m", [{}, {}], {}), { mode: "to", key: "b" });
    await target.close();
    expect(await run(`select id from ${table} order by id`)).toEqual([{ id: "a" }, { id: "b-0" }, { id: "b-1" }]);
  });

  it("of a batch all is written or nothing, whether it is a list or a stream", async () => {
    const table = await newTable();
    const insert = { table, columns: ["id", "total"], returns: "count" };
    const row = (id: number) => ({ id, total: id });
    expect(await failure(insert, [row(1), row(2), row(1)])).toMatchObject({ code: "PORTOLAN_SQL_CONSTRAINT" });
    expect(await failure(insert, [row(1), {}])).toMatchObject({ code: "PORTOLAN_SQL_PARAMETER" });
    const broken = async function* () {
      yield row(1);
      throw new TypeError("cannot go on");
    };
    expect(await failure(insert, broken())).toMatchObject({ kind: "defect", message: "cannot go on" });
    expect(await run(`select * from ${table}`)).toEqual([]);
    const whole = async function* () {
      for (let id = 0; id < 300; id++) yield row(id);
    };
    expect(await ask(insert, whole())).toEqual({ affected: 300 });
    expect(await ask(insert, [])).toEqual({ affected: 0 });
  });

  it("a stream reads many rows a few at a time, anew each time, and may be left early", async () => {
    const table = await newTable();
    await ask(
      { table, columns: ["id", "total"] },
      Array.from({ length: 2_000 }, (_, id) => ({ id, total: 1 })),
    );
    const target = await open({
      statement: `select id from ${table} where total = :total order by id`,
      returns: "stream",
      connections: 1,
    });
    const reply = await target.send(createMessage("m", { total: 1 }, {}), { mode: "call", key: "k" });
    const rows = reply?.body as AsyncIterable<SqlRow>;
    for await (const { id } of rows) if (id === 3) break;
    for (let round = 0; round < 2; round++) {
      const ids: unknown[] = [];
      for await (const { id } of rows) ids.push(id);
      expect(ids).toEqual(Array.from({ length: 2_000 }, (_, id) => id));
    }
    await target.close();
  });

  it("numbers, times and texts come as JSON has them", async () => {
    const table = await newTable("small bigint, large bigint, exact numeric(20,2), day date, moment timestamp");
    await run(`insert into ${table} values (12, 9007199254740993, 10.50, '2026-02-03', '2026-02-03 04:05:06')`);
    const [row] = await run(`select * from ${table}`);
    expect(row).toEqual({
      small: 12,
      large: "9007199254740993",
      exact: "10.50",
      day: "2026-02-03",
      moment: expect.stringMatching(/^2026-02-03[T ]04:05:06$/),
    });
    expect(await run(`select small from ${table} limit :most`, { most: 1 })).toEqual([{ small: 12 }]);
  });

  it("a procedure is called by a statement, and answers rows", async () => {
    const name = `p_${randomUUID().replaceAll("-", "")}`;
    await run(procedure(name));
    expect(await run(callProcedure(name), { id: 21 })).toEqual([{ twice: 42 }]);
  });

  it(
    "after a restart of the server the next message connects anew",
    async () => {
      const table = await newTable();
      const target = await open({ table, columns: ["id", "total"] });
      const send = (id: number) => target.send(createMessage("m", { id, total: 1 }, {}), { mode: "to", key: "k" });
      await send(1);
      await server.kill();
      await expect(send(2)).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
      await server.start();
      await send(2);
      await target.close();
      expect(await run(`select id from ${table} order by id`)).toEqual([{ id: 1 }, { id: 2 }]);
    },
    LIMIT_MS,
  );

  describe("errors say what is wrong and whether it may pass", () => {
    it("a deadlock passes, and one of the two is written", async () => {
      const table = await newTable();
      await ask({ table, columns: ["id", "total"] }, [
        { id: 1, total: 0 },
        { id: 2, total: 0 },
      ]);
      const target = await open({ statement: `update ${table} set total = total + 1 where id = :id` });
      const both = Promise.withResolvers<void>();
      let waiting = 0;
      const rows = async function* (first: number, second: number) {
        yield { id: first };
        waiting += 1;
        if (waiting === 2) both.resolve();
        await both.promise;
        yield { id: second };
      };
      const send = (body: unknown) => target.send(createMessage("m", body, {}), { mode: "to", key: "k" });
      const results = await Promise.allSettled([send(rows(1, 2)), send(rows(2, 1))]);
      await target.close();
      const [failed, ...others] = results.filter(({ status }) => status === "rejected");
      expect(others).toEqual([]);
      expect(failed).toMatchObject({ reason: { code: "PORTOLAN_SQL_CONFLICT", kind: "transient" } });
      expect(await run(`select total from ${table}`)).toEqual([{ total: 1 }, { total: 1 }]);
    });

    it("a table that is missing, and a statement that is none", async () => {
      const wrong = { code: "PORTOLAN_SQL_STATEMENT", kind: "defect", hint: expect.any(String) };
      expect(await failure({ statement: "select * from nowhere" })).toMatchObject(wrong);
      expect(await failure({ statement: "selec 1" })).toMatchObject(wrong);
    });

    it("a procedure that refuses", async () => {
      const name = `f_${randomUUID().replaceAll("-", "")}`;
      await run(fail(name));
      const refused = { code: "PORTOLAN_SQL_REFUSED", kind: "rejected", message: expect.stringContaining("no more") };
      expect(await failure({ statement: callFail(name) })).toMatchObject(refused);
    });

    it("an unknown user, nobody at the address, a database that is missing", async () => {
      const statement = "select 1";
      const address = new URL(url);
      const other = `${address.protocol}//${denied}${address.host}${address.pathname}`;
      expect(await failure({ statement, url: other })).toMatchObject({ code: "PORTOLAN_SQL_DENIED", kind: "rejected" });
      const nobody = `${address.protocol}//ada@127.0.0.1:1/test`;
      expect(await failure({ statement, url: nobody })).toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient" });
      const missing = url.replace(/\w+$/, "nowhere");
      expect(await failure({ statement, url: missing })).toMatchObject({ code: "PORTOLAN_SQL_STATEMENT" });
    });

    it("what takes too long ends, and so does what nobody waits for", async () => {
      const slow = await failure({ statement: wait, timeout: 100 });
      expect(slow).toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED", kind: "transient", message: expect.stringContaining("100 ms") });
      const target = await open({ statement: wait });
      const reason = new PortolanError("PORTOLAN_STOPPING", "nobody waits");
      const stopping = new AbortController();
      const sending = target.send(createMessage("m", {}, {}), { mode: "call", key: "k", signal: stopping.signal });
      setTimeout(() => stopping.abort(reason), 50);
      await expect(sending).rejects.toBe(reason);
      await target.close();
    });
  });
});
