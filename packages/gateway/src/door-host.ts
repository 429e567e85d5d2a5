import type { Door } from "./door.ts";
import type { PolicyOptions } from "./policies/policies.ts";

/** Where doors are mounted: an HTTP host, or a table that becomes the host's later. It is `services.http` of a connector. */
export interface DoorHost {
  /**
   * Takes effect with the next request. Throws PORTOLAN_CONFIG_INVALID if the path is no pattern, the place is taken, or
   * the door wants policies and the host has none to give.
   */
  mount(door: Door, policies?: DoorPolicies): MountedDoor;
}

/** What holds at a door, inside of what holds at every door of the host. */
export interface DoorPolicies {
  /**
   * Whose they are, such as `GET /orders/:id`: the same after a restart, for what is counted is stored under it. Doors that are
   * mounted with the same name and options share what is counted and remembered.
   */
  readonly name: string;
  readonly options: PolicyOptions;
}

export interface MountedDoor {
  /** Requests in process go on. Unmounting twice does nothing. */
  unmount(): void;
}

export function isDoorHost(value: unknown): value is DoorHost {
  return typeof value === "object" && value !== null && "mount" in value && typeof value.mount === "function";
}
