import { PortolanError } from "@portolan/core";
import type { DoorHost, DoorPolicies, MountedDoor } from "./door-host.ts";
import { DOOR_METHODS, type Door, type DoorMethod } from "./door.ts";
import { checkPath, patternKey } from "./path-pattern.ts";
import { createPathRouter, type PathRouter } from "./path-router.ts";

export interface FoundDoor {
  readonly door: Door;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly queryText: string;
}

/** A set of doors. A host serves one table at a time, so that a new one can be filled aside and take over at once. */
export interface RouteTable extends DoorHost {
  find(method: string, url: string): FoundDoor | undefined;
  /** The methods that a path answers; empty if there is nothing at it. */
  methodsOf(url: string): readonly string[];
  /** Whether any door remembers replies. */
  readonly remembers: boolean;
}

/** `around` makes of a door that is mounted the one that is served. */
export function createRouteTable(around: (door: Door, policies?: DoorPolicies) => Door = plain): RouteTable {
  const doors = new Map<string, Door>();
  // Built by the first request after a change, so that mounting a thousand doors builds them once.
  let remembers = false;
  let routers: ReadonlyMap<string, PathRouter<Door>> | undefined;

  const lookUp = (method: string, url: string): FoundDoor | undefined => {
    const router = (routers ??= buildRouters(doors.values())).get(method);
    if (router === undefined) return undefined;
    const target = targetOf(url);
    const end = endOfPath(target);
    const found = router.find(target.slice(0, end));
    return found === undefined ? undefined : { door: found.value, params: found.params, queryText: target.slice(end + 1) };
  };

  return {
    get remembers() {
      return remembers;
    },
    mount(given, policies): MountedDoor {
      const key = place(given);
      refuse(given, doors.get(key));
      const door = around(given, policies);
      doors.set(key, door);
      remembers ||= door.forget !== undefined;
      routers = undefined;
      return {
        unmount() {
          if (doors.get(key) !== door) return;
          doors.delete(key);
          routers = undefined;
        },
      };
    },
    find: (method, url) => lookUp(method, url) ?? (method === "HEAD" ? lookUp("GET", url) : undefined),
    methodsOf(url) {
      const methods: string[] = DOOR_METHODS.filter((method) => lookUp(method, url) !== undefined);
      return methods.includes("GET") && !methods.includes("HEAD") ? [...methods, "HEAD"] : methods;
    },
  };
}

function plain(door: Door, policies?: DoorPolicies): Door {
  if (policies === undefined) return door;
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${door.owner}: ${door.method} ${door.path} has policies, and this HTTP host has none to give`,
    {
      hint: "Give createHttpHost its `policies`: createPolicies({ clock }).",
    },
  );
}

/** A request to a proxy names the whole address (RFC 9112, section 3.2.2); every server has to take it. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

function targetOf(url: string): string {
  return url.startsWith("/") ? url : url.replace(ORIGIN, "");
}

/** The path of a request's target, as it was sent. */
export function pathOf(url: string): string {
  const target = targetOf(url);
  return target.slice(0, endOfPath(target));
}

function endOfPath(target: string): number {
  const query = target.indexOf("?");
  const end = query < 0 ? target.length : query;
  // A fragment is never sent. Where one is, it ends the path.
  const fragment = target.indexOf("#");
  return fragment < 0 ? end : Math.min(end, fragment);
}

function buildRouters(doors: Iterable<Door>): ReadonlyMap<string, PathRouter<Door>> {
  const routers = new Map<string, PathRouter<Door>>();
  for (const door of doors) {
    const router = routers.get(door.method) ?? createPathRouter<Door>();
    routers.set(door.method, router);
    router.add(door.path, door);
  }
  return routers;
}

function refuse(door: Door, taken: Door | undefined): void {
  const where = `${door.method} ${door.path}`;
  const fault = checkPath(door.path);
  if (fault !== undefined) throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${door.owner}: ${where} is no path pattern: ${fault}`);
  if (taken === undefined) return;
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${door.owner}: ${where} is taken by ${taken.owner}${taken.path === door.path ? "" : ` as ${taken.path}`}`,
    {
      hint: "Each method and path leads to one route. Give one of them another path.",
    },
  );
}

/** Patterns that differ only in the names of their parameters match the same requests. */
function place(door: { readonly method: DoorMethod; readonly path: string }): string {
  return `${door.method} ${patternKey(door.path)}`;
}
