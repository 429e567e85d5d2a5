import {
  asPortolanError,
  isRecord,
  type Message,
  type Reply,
  type RunningTarget,
  type SendRequest,
  type TargetContext,
  type TargetDefinition,
  withBody,
} from "@portolan/core";
import type { SqlDriver, SqlRow } from "./driver.ts";
import { driverOf } from "./drivers.ts";
import { type SqlTargetOptions, sqlTargetOptions } from "./options.ts";
import { type ParameterSources, valuesOf } from "./parameters.ts";
import { createSession, type SqlSession } from "./session.ts";
import { type ParsedStatement, parseStatement, writeStatement } from "./statement.ts";

export const sqlTarget: TargetDefinition<typeof sqlTargetOptions> = {
  summary: "Runs a statement for each message, with values of the message as its parameters; all of a list in one transaction.",
  options: sqlTargetOptions,
  replies: true,
  describe: ({ statement, table, key }) =>
    statement === undefined ? `${key === undefined ? "insert into" : "upsert"} ${table}` : firstWords(statement),
  check: findContradictions,
  open: openTarget,
};

function firstWords(statement: string): string {
  const line = statement.replaceAll(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

function findContradictions(options: SqlTargetOptions): readonly string[] {
  const { url, statement, table, columns, key, parameters = {}, returns } = options;
  const driver = driverOf(url);
  if (driver === undefined) return ["`url` begins with postgres://, mysql:// or mariadb://"];
  if ((statement === undefined) === (table === undefined)) return ["either `statement` or `table` says what is done"];
  if (table === undefined && (columns ?? key) !== undefined) return ["`columns` and `key` are of a `table`"];
  if (table !== undefined && (columns ?? []).length === 0) return ["`columns` says which columns of the `table` are written"];
  const notWritten = key?.filter((column) => columns?.includes(column) !== true) ?? [];
  if (key?.length === 0 || notWritten.length > 0) return ["`key` is some of the `columns`"];
  if (table !== undefined && returns === "stream") return ["a stream is of a `statement` that reads"];
  const { names, strays } = parse(options);
  const unused = Object.keys(parameters).filter((name) => !names.includes(name));
  return [
    ...strays.map((stray) => `a parameter is written \`:name\`, not \`${stray}\``),
    ...unused.map((name) => `\`parameters.${name}\` is ${table === undefined ? "not in the statement" : "none of the columns"}`),
  ];
}

function checkedDriver(url: string): SqlDriver {
  // The check has looked at the address.
  return driverOf(url)!;
}

function parse({ url, statement, table, columns, key }: SqlTargetOptions): ParsedStatement {
  const { dialect } = checkedDriver(url);
  return statement === undefined
    ? writeStatement({ table: table ?? "", columns: columns ?? [], key }, dialect)
    : parseStatement(statement, dialect);
}

async function openTarget(options: SqlTargetOptions, context: TargetContext): Promise<RunningTarget> {
  const driver = checkedDriver(options.url);
  const { text, names } = parse(options);
  const expressions = new Map(Object.entries(options.parameters ?? {}).map(([name, value]) => [name, context.expression(value)] as const));
  const sources: ParameterSources = { names, expressions, dialect: driver.dialect };
  const pool = await driver.openPool(options);
  const session = createSession({ driver, pool, doing: sqlTarget.describe(options), timeoutMs: options.timeout, clock: context.clock });
  const work: Work = { session, text, sources, returns: options.returns };
  const inProcess = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  return {
    send(message, request) {
      const sending = send(message, request, work).finally(() => inProcess.delete(sending));
      inProcess.add(sending);
      return sending;
    },
    async close() {
      await Promise.allSettled(inProcess);
      await (closing ??= pool.close());
    },
  };
}

interface Work {
  readonly session: SqlSession;
  readonly text: string;
  readonly sources: ParameterSources;
  readonly returns: SqlTargetOptions["returns"];
}

async function send(message: Message, { key, signal }: SendRequest, { session, text, sources, returns }: Work): Promise<Reply> {
  const { body } = message;
  if (returns === "stream") return replyOf(session.stream(text, await valuesOf(message, key, sources)));
  if (!isBatch(body)) {
    const values = await valuesOf(message, key, sources);
    const { rows, affected } = await session.use(signal, (connection) => connection.run(text, values));
    return replyOf(returned(returns, rows, affected));
  }
  const all: SqlRow[] = [];
  let affected = 0;
  await session.transact(signal, async (connection) => {
    let index = 0;
    for await (const element of elementsOf(body)) {
      const values = await valuesOf(withBody(message, element), `${key}-${index}`, sources);
      const result = await connection.run(text, values);
      if (returns !== "count") all.push(...result.rows);
      affected += result.affected;
      index += 1;
    }
  });
  return replyOf(returned(returns, all, affected));
}

function isBatch(body: unknown): body is Iterable<unknown> | AsyncIterable<unknown> {
  return Array.isArray(body) || (isRecord(body) && Symbol.asyncIterator in body);
}

/** What the reading of a batch throws is none of the database's errors. */
async function* elementsOf(body: Iterable<unknown> | AsyncIterable<unknown>): AsyncIterable<unknown> {
  try {
    yield* body;
  } catch (error) {
    throw asPortolanError(error);
  }
}

function returned(returns: SqlTargetOptions["returns"], rows: readonly SqlRow[], affected: number): unknown {
  if (returns === "count") return { affected };
  return returns === "first" ? (rows[0] ?? null) : rows;
}

function replyOf(body: unknown): Reply {
  return { body, headers: {} };
}
