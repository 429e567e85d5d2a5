import { PortolanError } from "@portolan/core";
import type { DoorHost, DoorPolicies, MountedDoor } from "./door-host.ts";
import { chooseVersion, versionFault, withVary, type VersionedRequest } from "./door-versions.ts";
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
  /** Of doors with versions the one that the headers and the query ask for. */
  find(method: string, url: string, headers?: VersionedRequest["headers"]): FoundDoor | undefined;
  /** The methods that a path answers; empty if there is nothing at it. */
  methodsOf(url: string): readonly string[];
  /** Whether any door remembers replies. */
  readonly remembers: boolean;
}

/** `around` makes of a door that is mounted the one that is served. */
export function createRouteTable(around: (door: Door, policies?: DoorPolicies) => Door = plain): RouteTable {
  const doors = new Map<string, readonly Door[]>();
  // Built by the first request after a change, so that mounting a thousand doors builds them once.
  let remembers = false;
  let routers: ReadonlyMap<string, PathRouter<Place>> | undefined;

  const lookUp = (method: string, url: string, headers: VersionedRequest["headers"] = {}): FoundDoor | undefined => {
    const router = (routers ??= buildRouters(doors.values(), around)).get(method);
    if (router === undefined) return undefined;
    const target = targetOf(url);
    const end = endOfPath(target);
    const found = router.find(target.slice(0, end));
    if (found === undefined) return undefined;
    const { value, params } = found;
    const queryText = target.slice(end + 1);
    return { door: typeof value === "function" ? value({ headers, queryText }) : value, params, queryText };
  };

  return {
    get remembers() {
      return remembers;
    },
    mount(given, policies): MountedDoor {
      const key = place(given);
      const others = doors.get(key) ?? [];
      refuse(given, others);
      const door = around(withVary(given), policies);
      doors.set(key, [...others, door]);
      remembers ||= door.forget !== undefined;
      routers = undefined;
      return {
        unmount() {
          const there = doors.get(key) ?? [];
          if (!there.includes(door)) return;
          const left = there.filter((one) => one !== door);
          if (left.length === 0) doors.delete(key);
          else doors.set(key, left);
          routers = undefined;
        },
      };
    },
    find: (method, url, headers) => lookUp(method, url, headers) ?? (method === "HEAD" ? lookUp("GET", url, headers) : undefined),
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

/** A door, or what chooses among the versions of one. */
type Place = Door | ReturnType<typeof chooseVersion>;

function buildRouters(places: Iterable<readonly Door[]>, around: (door: Door) => Door): ReadonlyMap<string, PathRouter<Place>> {
  const routers = new Map<string, PathRouter<Place>>();
  for (const doors of places) {
    const [door] = doors;
    if (door === undefined) continue;
    const router = routers.get(door.method) ?? createPathRouter<Place>();
    routers.set(door.method, router);
    router.add(door.path, door.version === undefined ? door : chooseVersion(doors, around));
  }
  return routers;
}

function refuse(door: Door, others: readonly Door[]): void {
  const where = `${door.method} ${door.path}`;
  const fault = checkPath(door.path);
  if (fault !== undefined) throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${door.owner}: ${where} is no path pattern: ${fault}`);
  const [first] = others;
  // Versions have the same names of parameters: it is the path that is found first.
  const another = first === undefined || first.path === door.path ? undefined : `is taken by ${first.owner} as ${first.path}`;
  const conflict = another ?? versionFault(door, others);
  if (conflict === undefined) return;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${door.owner}: ${where} ${conflict}`, {
    hint:
      door.version === undefined
        ? "Each method and path leads to one route. Give one of them another path, or give all of them a version."
        : "Doors of one method and path have different versions, named in the same place, and one of them at the most is the default.",
  });
}

/** Patterns that differ only in the names of their parameters match the same requests. */
function place(door: { readonly method: DoorMethod; readonly path: string }): string {
  return `${door.method} ${patternKey(door.path)}`;
}
