import { createHash } from "node:crypto";
import { GraphQLError } from "graphql";
import type { GraphQLParams, Plugin } from "graphql-yoga";
import { PortolanError, isRecord } from "@portolan/core";

/** Operations by their SHA-256, or another id that client and file agree about. */
export type PersistedOperations = ReadonlyMap<string, string>;

/** Operations that clients told us of (automatic persisted queries): so many, and none that is longer. */
const MAX_TOLD = 1000;
const MAX_LENGTH = 64 * 1024;

/** Reads a file of operations: a map of ids to operations, or a manifest of Apollo's. Throws PORTOLAN_CONFIG_INVALID. */
export function readPersisted(content: unknown, file: string): PersistedOperations {
  const listed = isRecord(content) ? content["operations"] : undefined;
  const entries = Array.isArray(listed)
    ? listed.map((one: unknown) => (isRecord(one) ? ([one["id"], one["body"]] as const) : ([undefined, undefined] as const)))
    : Object.entries(isRecord(content) ? content : {});
  if (entries.length === 0) throw invalid(file, "it has none");
  return new Map(
    entries.map(([id, text]) => {
      if (typeof id === "string" && typeof text === "string") return [id, text];
      throw invalid(file, `${JSON.stringify(id)} is no operation`);
    }),
  );
}

function invalid(file: string, reason: string): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `${file} has no persisted operations: ${reason}`, {
    hint: 'expected a map such as { "HASH": "query { … }" }, or a manifest with operations, each with id and body',
  });
}

/**
 * Takes an operation by its id: `extensions.persistedQuery.sha256Hash` as clients of Apollo send it, or `documentId`. Without
 * `only`, an operation that comes with its hash is remembered, so that the hash is enough from then on.
 */
export function persistedOperations(known: PersistedOperations, only: boolean): Plugin {
  const told = new Map<string, string>();
  return {
    onParams({ params, setParams }) {
      const found = operationOf(params, { known, told, only });
      if (found !== undefined) setParams({ ...params, query: found });
    },
  };
}

interface Operations {
  readonly known: PersistedOperations;
  readonly told: Map<string, string>;
  readonly only: boolean;
}

/** The operation that is meant; undefined if the parameters have it themselves, or make no sense. */
function operationOf(params: GraphQLParams & { readonly documentId?: unknown }, { known, told, only }: Operations): string | undefined {
  if (typeof params !== "object" || params === null) return undefined;
  const query: unknown = params.query;
  const hash = hashOf(params);
  const id = hash ?? (typeof params.documentId === "string" ? params.documentId : undefined);
  const listed = id === undefined ? undefined : known.get(id);
  if (listed !== undefined) return listed;
  if (only) {
    if (id === undefined && typeof query === "string" && isListed(query, known)) return undefined;
    throw refusal("only operations that are known here are taken", id === undefined ? "PERSISTED_QUERY_ONLY" : "PERSISTED_QUERY_NOT_FOUND");
  }
  if (id === undefined) return undefined;
  if (typeof query !== "string") {
    const remembered = told.get(id);
    if (remembered === undefined) throw refusal("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND");
    told.delete(id);
    told.set(id, remembered);
    return remembered;
  }
  if (hash !== undefined) remember(hash, query, told);
  return undefined;
}

function hashOf({ extensions }: GraphQLParams): string | undefined {
  const persisted: unknown = isRecord(extensions) ? extensions["persistedQuery"] : undefined;
  if (!isRecord(persisted)) return undefined;
  const { version, sha256Hash } = persisted;
  if (version !== 1 || typeof sha256Hash !== "string")
    throw refusal("expected persistedQuery with version 1 and sha256Hash", "BAD_REQUEST");
  return sha256Hash;
}

function remember(hash: string, query: string, told: Map<string, string>): void {
  if (sha256(query) !== hash) throw refusal("the hash is not that of the operation", "PERSISTED_QUERY_HASH_MISMATCH");
  if (query.length > MAX_LENGTH) return;
  told.set(hash, query);
  const [oldest] = told.keys();
  if (told.size > MAX_TOLD && oldest !== undefined) told.delete(oldest);
}

function isListed(query: string, known: PersistedOperations): boolean {
  return known.get(sha256(query)) === query;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function refusal(message: string, code: string): GraphQLError {
  // Clients of Apollo take a 404 for a server that is not there.
  const status = code === "PERSISTED_QUERY_NOT_FOUND" ? 200 : 400;
  return new GraphQLError(message, { extensions: { code, http: { status, spec: true } } });
}
