import type { NodeSettings } from "./node-settings.ts";

/** What to run, and how. */
export interface Order {
  readonly path: string;
  readonly settings: NodeSettings;
}

/** From the supervisor to a version of the app, in this order. `go` comes when the version before has ended; `reload` may come several times. */
export type ToVersion =
  | ({ readonly kind: "load" } & Order)
  | { readonly kind: "go" }
  | { readonly kind: "reload" }
  | { readonly kind: "stop" };

/** From a version of the app to the supervisor. `files` are absolute paths whose changes matter, too. */
export type FromVersion =
  | { readonly kind: "loaded"; readonly files: readonly string[]; readonly canBeReadAgain: boolean }
  | { readonly kind: "reloaded"; readonly files: readonly string[] }
  | { readonly kind: "running" }
  | { readonly kind: "failed"; readonly files: readonly string[] };
