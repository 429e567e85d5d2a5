import { asPortolanError, isRecord, type PortolanError, type RouteDefinition } from "@portolan/core";
import { contractPaths, type LoadedApp } from "@portolan/host";
import { createTestBench, findCases, readCase, type CaseSend, type TestBench } from "@portolan/testkit";
import { createCaseHarness } from "../case-harness.ts";
import { platform } from "../platform.ts";
import { linksOf } from "./app-links.ts";

/** A message that a route got when the documents were made, and what came of it. */
export interface RouteExample {
  readonly title: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly outcome: { readonly reply: unknown } | { readonly error: PortolanError };
}

/** Examples for one route at the most: more of them tell little. */
const ENOUGH = 6;

/**
 * Runs the examples of an app on a test bench, with doubles for other systems: the messages of its cases, and the examples in the contracts
 * of routes that no case sends to.
 */
export async function runExamples(app: LoadedApp): Promise<ReadonlyMap<string, readonly RouteExample[]>> {
  const found = new Map<string, RouteExample[]>();
  const add = (route: string, example: RouteExample) => {
    const list = found.get(route) ?? [];
    if (list.length < ENOUGH) found.set(route, [...list, example]);
  };
  for (const file of await findCases(app.directory, "inApp")) {
    // A case that cannot be read is told by `portolan test`.
    const read = await readCase(file, "inApp").catch(() => undefined);
    if (read === undefined || read.flow !== undefined) continue;
    const { environment = {}, targets = {}, offers = {} } = read;
    await using bench = benchOf(app, environment);
    for (const [address, answer] of Object.entries(targets)) bench.replaceTarget(address, answer);
    for (const [address, messages] of Object.entries(offers)) for (const { body } of messages) bench.offer(address, body);
    const title = read.note ?? read.case;
    const isAlone = read.send.length === 1;
    for (const [index, send] of read.send.entries())
      await runSend(bench, send, (route, example) => add(route, { ...example, title: isAlone ? title : `${title} (${index + 1})` }));
  }
  const contracts = await platform.contracts(app.directory, contractPaths(app.definition));
  for (const route of app.definition.routes) {
    // What another system would answer is not known.
    if (found.has(route.id) || route.input === undefined || linksOf(route).targets.length > 0) continue;
    const { jsonSchema } = contracts.compile(route.input);
    const examples: readonly unknown[] = isRecord(jsonSchema) && Array.isArray(jsonSchema["examples"]) ? jsonSchema["examples"] : [];
    await using bench = benchOf(app, {});
    for (const body of examples.slice(0, ENOUGH))
      add(route.id, {
        title: "Of the contract",
        body,
        headers: {},
        outcome: await outcomeOf(bench, { route: route.id, body, headers: {} }),
      });
  }
  return found;
}

function benchOf(app: LoadedApp, environment: Readonly<Record<string, string>>): TestBench {
  return createTestBench(async () => ({ input: app.input, harness: createCaseHarness(app.directory) }), { environment });
}

async function runSend(
  bench: TestBench,
  send: CaseSend,
  add: (route: string, example: Omit<RouteExample, "title">) => void,
): Promise<void> {
  if (send.kind === "control") {
    await (send.control === "crash" ? bench.crash() : send.control === "stop" ? bench.stop() : bench.restart());
    return;
  }
  const { to, body, headers } = send;
  if ("channel" in to) {
    // What comes of it is an example of no route.
    await bench.send(to, body as never).catch(() => undefined);
    return;
  }
  add(to.route, { body, headers, outcome: await outcomeOf(bench, { route: to.route, body, headers }) });
}

interface Sent {
  readonly route: RouteDefinition["id"];
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function outcomeOf(bench: TestBench, { route, body, headers }: Sent): Promise<RouteExample["outcome"]> {
  try {
    // Headers of a case are data; the engine drops what no header can hold.
    const result = await bench.send({ route }, body as never, { mode: "request", headers: headers as Readonly<Record<string, string>> });
    return { reply: result?.body ?? null };
  } catch (thrown) {
    return { error: asPortolanError(thrown) };
  }
}
