import type { OpenApiVersion } from "@portolan/formats/openapi";
import type { LoadedApp } from "@portolan/host";
import { platform } from "../platform.ts";
import type { AppAnywhere } from "../tested-app.ts";

/** A file that describes an app. */
export interface AppDocument {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Where the endpoint is that it describes. */
  readonly path?: string;
}

export interface DocumentVersions {
  /** Of the API. */
  readonly version: string;
  readonly openApi: OpenApiVersion | undefined;
}

/** The documents of what an app offers, each where there is something that it can say, and the site that shows them. */
export async function documentsOf({ app, shown }: AppAnywhere, { version, openApi }: DocumentVersions): Promise<readonly AppDocument[]> {
  const [{ apiOfApp }, { asyncApiOfApp }, { writeApiDocument }, { writeAsyncDocument }, { siteOf }, { runExamples }, { doorDocuments }] =
    await Promise.all([
      import("./api-of-app.ts"),
      import("./async-api-of-app.ts"),
      import("@portolan/formats/openapi"),
      import("@portolan/formats/asyncapi"),
      import("./site/site.ts"),
      import("./route-examples.ts"),
      import("./door-documents.ts"),
    ]);
  const [api, asyncApi] = await Promise.all([apiOfApp(app, version), asyncApiOfApp(app, version)]);
  const documents: AppDocument[] = [
    ...(api.operations.length === 0 ? [] : await inBoth("openapi", writeApiDocument(api, openApi), app)),
    ...(asyncApi.operations.length === 0 ? [] : await inBoth("asyncapi", writeAsyncDocument(asyncApi), app)),
  ];
  documents.push(...(await doorDocuments(app)));
  const site = await siteOf({ app, version, api, documents, examples: await runExamples(app), shown });
  return [...documents, ...site];
}

/** As JSON and as YAML. */
async function inBoth(name: string, document: unknown, { directory }: LoadedApp): Promise<readonly AppDocument[]> {
  const yaml = (await platform.formats(directory)).format("yaml")?.encode(document) ?? "";
  return [
    { name: `${name}.json`, content: `${JSON.stringify(document, undefined, 2)}\n` },
    { name: `${name}.yaml`, content: yaml },
  ];
}
