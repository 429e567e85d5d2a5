import type * as site from "./site.ts";

type Kind = keyof typeof site;

/** Gives out a copy of a closure's maker that nothing else uses, as long as there are some. */
export type TakeSite = <K extends Kind>(kind: K) => (typeof site)[K] | undefined;

type Sites = { readonly [K in Kind]: readonly (typeof site)[K][] };

let sites: Sites | undefined;
let loading: Promise<void> | undefined;
const taken = new Map<Kind, number>();

/** The copies, or undefined while they are being loaded, which costs a node nothing before the first expression is hot. */
export function hotSites(): TakeSite | undefined {
  if (sites === undefined) loading ??= load();
  return sites === undefined ? undefined : take;
}

async function load(): Promise<void> {
  ({ sites } = await import("./sites.gen.ts"));
}

function take<K extends Kind>(kind: K): (typeof site)[K] | undefined {
  const index = taken.get(kind) ?? 0;
  taken.set(kind, index + 1);
  return sites?.[kind][index];
}
