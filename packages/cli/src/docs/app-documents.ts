import type { LoadedApp } from "@portolan/host";
import { platform } from "../platform.ts";

/** A file that describes an app. */
export interface AppDocument {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/** The documents of what an app offers, each where there is something that it can say. */
export async function documentsOf(app: LoadedApp, version: string): Promise<readonly AppDocument[]> {
  const [{ apiOfApp }, { asyncApiOfApp }, { writeApiDocument }, { writeAsyncDocument }] = await Promise.all([
    import("./api-of-app.ts"),
    import("./async-api-of-app.ts"),
    import("@portolan/formats/openapi"),
    import("@portolan/formats/asyncapi"),
  ]);
  const [api, asyncApi] = await Promise.all([apiOfApp(app, version), asyncApiOfApp(app, version)]);
  return [
    ...(api.operations.length === 0 ? [] : await inBoth("openapi", writeApiDocument(api), app)),
    ...(asyncApi.operations.length === 0 ? [] : await inBoth("asyncapi", writeAsyncDocument(asyncApi), app)),
  ];
}

/** As JSON and as YAML. */
async function inBoth(name: string, document: unknown, { directory }: LoadedApp): Promise<readonly AppDocument[]> {
  const yaml = (await platform.formats(directory)).format("yaml")?.encode(document) ?? "";
  return [
    { name: `${name}.json`, content: `${JSON.stringify(document, undefined, 2)}\n` },
    { name: `${name}.yaml`, content: yaml },
  ];
}
