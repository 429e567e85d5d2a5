import { isDeepStrictEqual } from "node:util";
import { PortolanError, type SetPositionEffect } from "@portolan/core";

/** What a store does with a position that is committed. */
export function setPosition(positions: Map<string, unknown>, position: Omit<SetPositionEffect, "kind"> | undefined): void {
  if (position === undefined) return;
  if ("expected" in position && !isDeepStrictEqual(position.expected ?? null, positions.get(position.name) ?? null)) {
    throw new PortolanError("PORTOLAN_CONFLICT", `position "${position.name}" is another one than expected`);
  }
  positions.set(position.name, position.value);
}
