import { spawn } from "node:child_process";
import { once } from "node:events";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** A node that runs this example in a process of its own, as `portolan start` does. */
export interface NodeProcess extends AsyncDisposable {
  /** The URL of its doors. */
  readonly url: string;
}

const COMMAND = join(dirname(findPackageJSON("portolan", import.meta.url) ?? ""), "bin", "portolan.js");

/** Resolves when it takes orders. Throws what it said if it ended before. */
export async function startNode(settings: { readonly data: string; readonly erp: string; readonly port?: number }): Promise<NodeProcess> {
  const { data, erp, port = 0 } = settings;
  const places = ["--port", String(port), "--store", join(data, "store")];
  const child = spawn(process.execPath, ["--conditions=portolan-source", COMMAND, "start", import.meta.dirname, ...places], {
    env: { ...process.env, ORDERS_DATA: data, ORDERS_ERP: erp },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(child, "close");
  const url = await Promise.race([ended.then(() => undefined), readyUrl(createInterface(child.stdout))]);
  if (url === undefined) throw new Error(`the node ended before it took orders: ${said}`);
  child.stdout.resume();
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function readyUrl(lines: AsyncIterable<string>): Promise<string | undefined> {
  for await (const line of lines) {
    const entry: unknown = line.startsWith("{") ? JSON.parse(line) : undefined;
    if (typeof entry === "object" && entry !== null && "url" in entry && "message" in entry && entry.message === "ready")
      return String(entry.url);
  }
  return undefined;
}
