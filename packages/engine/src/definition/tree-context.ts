import type { Finding, Place, ReadContext } from "@portolan/core";
import type { Registry } from "./registry.ts";

/** A tree to be read: a parsed flow file or what the builder made, with where its parts stand. */
export interface RawTree {
  readonly value: unknown;
  /** Where the value under a path, or its key, stands in its file. */
  locate(path: readonly (string | number)[], part?: "key" | "value"): Place | undefined;
}

/** Everything that reading one tree shares. */
export interface Reading {
  readonly tree: RawTree;
  readonly registry: Registry;
  readonly findings: Finding[];
  /** The parameters of the template that is being read. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

/** A read context that also knows its path as a list, which names with dots do not blur. */
export interface TreeContext extends ReadContext {
  readonly segments: readonly (string | number)[];
  readonly reading: Reading;
  at(segment: string | number): TreeContext;
  place(): Place | undefined;
}

/** Contexts are only made by the reader; option types hand on what they were given. */
export function asTree(context: ReadContext): TreeContext {
  return context as TreeContext;
}
