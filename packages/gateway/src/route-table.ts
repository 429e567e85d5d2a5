import createRouter, { type HTTPMethod, type HTTPVersion, type Instance } from "find-my-way";
import { PortolanError } from "@portolan/core";
import { checkPath, DOOR_METHODS, type Door, type DoorHost, type DoorMethod, type MountedDoor } from "./door.ts";

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
}

export interface RouteTableOptions {
  readonly maxParameterLength: number;
}

export function createRouteTable(options: RouteTableOptions): RouteTable {
  const doors = new Map<string, Door>();
  // Built by the first request after a change, so that mounting a thousand doors builds one router.
  let router: Instance<HTTPVersion.V1> | undefined;
  const current = () => (router ??= buildRouter(doors.values(), options));

  const lookUp = (method: string, url: string): FoundDoor | undefined => {
    // Methods come from the wire: an unknown one is found nowhere.
    const found = current().find(method as HTTPMethod, url);
    // The store of each path is its door, and the router's query parser hands the text through.
    return found === null
      ? undefined
      : { door: found.store as Door, params: found.params, queryText: found.searchParams as unknown as string };
  };

  return {
    mount(door): MountedDoor {
      const key = place(door);
      refuse(door, doors.get(key));
      doors.set(key, door);
      router = undefined;
      return {
        unmount() {
          if (doors.get(key) !== door) return;
          doors.delete(key);
          router = undefined;
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

function buildRouter(doors: Iterable<Door>, options: RouteTableOptions): Instance<HTTPVersion.V1> {
  const router = createRouter({
    maxParamLength: options.maxParameterLength,
    querystringParser: (text) => text,
  });
  // QUERY is among the router's methods but not among its types.
  for (const door of doors) router.on(door.method as HTTPMethod, door.path, () => undefined, door);
  return router;
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
  return `${door.method} ${door.path.replaceAll(/:\w+/g, ":")}`;
}
