import { readFileSync } from "node:fs";
import { parse, resolve } from "node:path";
import { PortolanError, isRecord, type ConnectorSourceNode } from "@portolan/core";
import type { LoadedApp } from "@portolan/host";
import { startAlone } from "../app-alone.ts";
import type { AppDocument } from "./app-documents.ts";

/**
 * What doors say of themselves: the schema of GraphQL endpoints, WSDL documents with their schemas, and the tools of MCP endpoints.
 * The app is started for it, so that these are what clients get. An app without such doors is not started.
 */
export async function doorDocuments(app: LoadedApp): Promise<readonly AppDocument[]> {
  const doors = doorsOf(app);
  if (doors.length === 0) return [];
  const of = (name: string) => doors.filter(({ connector }) => connector.name === name);
  const { url, stop } = await startAlone(app, "policies");
  try {
    const { host, port } = app.config.http;
    const documents: AppDocument[] = [];
    const hidden = pathsOf(of("graphql").filter(({ options }) => options["introspection"] === false));
    for (const path of pathsOf(of("graphql")).filter((one) => !hidden.includes(one)))
      documents.push({ name: named(path, "graphql", "schema.graphql"), content: await ask(`${url}${path}/schema.graphql`), path });
    for (const path of pathsOf(of("mcp")))
      documents.push({ name: named(path, "mcp", "mcp-tools.json"), content: await toolsOf(`${url}${path}`), path });
    for (const service of servicesOf(of("soap"), app)) documents.push(...(await wsdlOf(service, `${url}${service.path}`)));
    const usual = `http://${host === "0.0.0.0" ? "localhost" : host}:${port}`;
    return documents.map((one) => ({ ...one, content: String(one.content).replaceAll(url, usual) }));
  } finally {
    await stop();
  }
}

const DESCRIBED = new Set(["graphql", "mcp", "soap"]);

function doorsOf({ definition }: LoadedApp): readonly ConnectorSourceNode[] {
  const sources = definition.routes.flatMap(({ from }) => from.filter((source) => source.kind === "connector"));
  return sources.filter(({ connector }) => DESCRIBED.has(connector.name));
}

function pathsOf(doors: readonly ConnectorSourceNode[]): readonly string[] {
  return [...new Set(doors.map(({ options }) => String(options["path"])))];
}

/** The endpoint at the usual path has the usual name. */
function named(path: string, usual: string, file: string): string {
  return path === `/${usual}` ? file : `${path.slice(1).replaceAll(/[^\w.-]+/g, "-")}.${file}`;
}

async function ask(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.ok) return text;
  throw new PortolanError(
    "PORTOLAN_USAGE",
    `the app does not show what ${new URL(url).pathname} offers: it answers ${response.status} ${text.slice(0, 200)}`,
  );
}

/** Tools and resources, each with its schemas. */
async function toolsOf(url: string): Promise<string> {
  const call = async (method: string): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: {} });
    const answer: unknown = JSON.parse(
      await ask(url, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
      }),
    );
    return isRecord(answer) ? answer["result"] : undefined;
  };
  const results = [await call("tools/list"), await call("resources/list"), await call("resources/templates/list")];
  return `${JSON.stringify(Object.assign({}, ...results.filter(isRecord)), undefined, 2)}\n`;
}

interface Service {
  readonly name: string;
  readonly path: string;
  /** What it is asked for: of a service of contracts the types are a document by themselves as well. */
  readonly links: readonly ("wsdl" | "xsd")[];
}

/** The services of SOAP doors: each at the path of its door, or else where its own document says that it is. */
function servicesOf(doors: readonly ConnectorSourceNode[], { directory }: LoadedApp): readonly Service[] {
  const services = new Map<string, Service>();
  for (const { options } of doors) {
    const { service, path, serviceName } = options;
    if (typeof service !== "string") {
      // Described by the contracts of its routes, at one path.
      const at = typeof path === "string" ? path : "/soap";
      const own = typeof serviceName === "string" ? serviceName : at.slice(1).replaceAll(/[^\w.-]+/g, "-");
      if (!services.has(at) || typeof serviceName === "string") services.set(at, { name: own, path: at, links: ["wsdl", "xsd"] });
      continue;
    }
    const name = parse(service).name;
    const [, address = ""] =
      /<(?:[\w.-]+:)?address\s[^>]*?location\s*=\s*["']([^"']*)/.exec(readFileSync(resolve(directory, service), "utf8")) ?? [];
    const own = typeof path === "string" ? path : URL.parse(address)?.pathname;
    if (own !== undefined && !services.has(service)) services.set(service, { name, path: own, links: ["wsdl"] });
  }
  return [...services.values()];
}

/** A document of a service and those that it refers to, with names of files in place of addresses. */
async function wsdlOf({ name, links }: Service, url: string): Promise<readonly AppDocument[]> {
  const files = new Map<string, string>(links.map((link) => [link, `${name}.${link}`]));
  const documents: AppDocument[] = [];
  for (const [query, file] of files) {
    const text = await ask(`${url}?${query}`);
    const content = text.replaceAll(/"[^"]*\?((?:wsdl|xsd)=\d+)"/g, (_whole, link: string) => {
      const [kind = "", index = ""] = link.split("=");
      if (!files.has(link)) files.set(link, `${name}-${index}.${kind}`);
      return `"${files.get(link) ?? ""}"`;
    });
    documents.push({ name: file, content });
  }
  return documents;
}
