import type { Finding } from "@portolan/core";
import { compatibilityFindings, type Compatibility, type LoadedApp } from "@portolan/host";
import { apiOfApp, hasOwnContract } from "../docs/api-of-app.ts";
import { asyncApiOfApp } from "../docs/async-api-of-app.ts";
import { doorDocuments } from "../docs/door-documents.ts";
import { platform } from "../platform.ts";
import { brokenDocuments } from "./broken-doors.ts";
import { brokenMessages } from "./broken-messages.ts";
import { brokenForms, brokenOperations } from "./broken-operations.ts";

/** What breaks those who rely on another version of an app: by its definition, and by each of the documents that describe it. */
export async function brokenSince(app: LoadedApp, other: LoadedApp, mode: Compatibility): Promise<readonly Finding[]> {
  const known = await compatibilityFindings({ app, other, platform }, mode);
  const { compare } = await platform.contracts(app.directory, []);
  if (compare === undefined) return known;
  const broken = async (before: LoadedApp, after: LoadedApp): Promise<readonly Finding[]> => [
    // What API descriptions and parameters of doors say beyond the contracts of routes.
    ...brokenOperations(await apiOfApp(before, "", hasOwnContract), await apiOfApp(after, ""), compare),
    ...brokenForms(await apiOfApp(before, "", (options) => !hasOwnContract(options)), await apiOfApp(after, "")),
    ...brokenMessages(await asyncApiOfApp(before, ""), await asyncApiOfApp(after, ""), compare),
    ...(await brokenDocuments(await doorDocuments(before), await doorDocuments(after), compare)),
  ];
  return [...known, ...(mode === "forward" ? [] : await broken(other, app)), ...(mode === "backward" ? [] : await broken(app, other))];
}
