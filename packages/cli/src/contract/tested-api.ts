import { basename, dirname } from "node:path";
import { PortolanError } from "@portolan/core";
import type { ApiDocument } from "@portolan/formats/openapi";
import { startAlone } from "../app-alone.ts";
import { apiOfApp } from "../docs/api-of-app.ts";
import { doorDocuments } from "../docs/door-documents.ts";
import { platform } from "../platform.ts";
import { loadTestedApp } from "../tested-app.ts";
import { provideOwnPackage } from "../user-imports.ts";
import type { ContractOperation } from "@portolan/testkit/contract";
import { graphqlOperations } from "./graphql-operations.ts";
import { soapOperations } from "./soap-operations.ts";
import type { ContractOrder } from "./contract-order.ts";

/** An API that runs, and what its contract is. */
export interface TestedApi extends AsyncDisposable {
  readonly name: string;
  readonly api: ApiDocument;
  /** What doors other than REST offer. */
  readonly others: readonly ContractOperation[];
  /** Where requests go. */
  readonly url: string;
  /** Where people reach it to try a request again: the app that was started for the test is gone by then. */
  readonly shownUrl: string;
}

/** The API of a description, or of an app that is started on a free port of this machine unless it runs somewhere. */
export async function openTestedApi(order: ContractOrder): Promise<TestedApi> {
  const { path, url } = order;
  const found = await descriptionAt(path);
  if (found !== undefined) {
    if (url === undefined)
      throw new PortolanError("PORTOLAN_USAGE", `${basename(path)} does not say for certain where the API runs`, {
        hint: "name its address: --url http://127.0.0.1:9000",
      });
    const address = withBasePath(url, found);
    return {
      name: found.title,
      api: found,
      others: [],
      url: address,
      shownUrl: address,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  provideOwnPackage();
  const app = await loadTestedApp(path, {});
  const api = await apiOfApp(app, "1.0.0");
  const { name } = app.definition;
  const documents = await doorDocuments(app);
  const others = [...(await graphqlOperations(app, documents)), ...(await soapOperations(documents))];
  if (url !== undefined)
    return {
      name,
      api,
      others,
      url,
      shownUrl: url,
      [Symbol.asyncDispose]: async () => undefined,
    };
  const node = await startAlone(app, "limits");
  const { host, port } = app.config.http;
  return {
    name,
    api,
    others,
    url: node.url,
    shownUrl: `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${port}`,
    [Symbol.asyncDispose]: async () => void (await node.stop()),
  };
}

/** The description in a file that is one; files of apps are none. */
async function descriptionAt(path: string): Promise<ApiDocument | undefined> {
  if (!/\.(json|ya?ml)$/i.test(path) || /\.flow\.ya?ml$/i.test(path)) return undefined;
  const [{ isApiDescription, readApiDocument }, { filesFrom }] = await Promise.all([
    import("@portolan/formats/openapi"),
    import("../describe/read-description.ts"),
  ]);
  const formats = await platform.formats(dirname(path));
  const { readFile } = formats;
  const document = readFile?.(path);
  if (!isApiDescription(document))
    throw new PortolanError("PORTOLAN_USAGE", `${basename(path)} is no OpenAPI description`, {
      hint: "contract tests take an app, or a description of OpenAPI (2.0, 3.0, 3.1, 3.2)",
    });
  return readApiDocument(document, filesFrom({ file: path, directory: dirname(path), formats: { readFile: (name) => readFile?.(name) } }));
}

/** An address without a path gets the one that the description has for its servers. */
function withBasePath(url: string, { servers: [first = ""] }: ApiDocument): string {
  if (new URL(url).pathname !== "/") return url;
  const path = URL.parse(first, "http://unknown.invalid/")?.pathname ?? "/";
  return path.includes("{") || path.includes("%7B") ? url : `${url}${path.replace(/\/$/, "")}`;
}
