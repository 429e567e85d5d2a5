import { PortolanError, option, optional } from "@portolan/core";
import type { PolicyContext, PolicyStore } from "./policy.ts";

export type KeepIn = "memory" | "store";

export function keepInOption(what: string, otherwise: string) {
  return optional(
    option.oneOf("memory", "store"),
    `Where ${what}: in the store they outlive a restart and are the same for all nodes that share it; in memory each node has its own. Default: ${otherwise}.`,
  );
}

/** The store, where that is the place. */
export function storeFor(place: KeepIn, { store, name }: PolicyContext): PolicyStore | undefined {
  if (place === "memory") return undefined;
  if (store !== undefined) return store;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `the policies of ${name} are to be kept in the store, and there is none`, {
    hint: "Give createPolicies a store, or say keepIn: memory.",
  });
}
