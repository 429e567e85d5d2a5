import type { Clock, Language, Store } from "@portolan/core";
import type { SimulatedLog } from "./simulation/disk.ts";

/**
 * What the kit's own tests need of rooms that it must not depend on: those rooms' tests use the kit, and the projects of the
 * workspace form no circle. So they are loaded by names that neither the compiler nor the linter follows.
 */
export interface ForeignRooms {
  readonly createMemoryStore: (options: { readonly clock: Clock; readonly log?: SimulatedLog<unknown> }) => Store;
  readonly jsonataLanguage: Language;
}

export async function loadForeignRooms(): Promise<ForeignRooms> {
  const [stores, mapping] = await Promise.all(["stores", "mapping"].map((room) => import(`@portolan/${room}`)));
  return { createMemoryStore: stores.createMemoryStore, jsonataLanguage: mapping.jsonataLanguage };
}
