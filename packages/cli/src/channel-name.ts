import { PortolanError, nearestName } from "@portolan/core";
import type { StoreAdmin } from "@portolan/stores";

/** Refuses the name of a channel that the store does not have: a misspelt name must not look like an empty channel. */
export async function requireChannel(store: StoreAdmin, channel: string): Promise<void> {
  const names = (await store.channels()).map(({ name }) => name);
  if (names.includes(channel)) return;
  const nearest = nearestName(channel, names);
  throw new PortolanError("PORTOLAN_UNKNOWN_MESSAGE", `the store has no channel "${channel}"`, {
    hint: nearest === undefined ? `it has: ${names.join(", ") || "none"}` : `did you mean "${nearest}"?`,
  });
}
