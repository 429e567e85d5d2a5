import { sleep } from "@portolan/core";
import { faultError, type Fault } from "./relay-orders.ts";
import type { World } from "./scenario.ts";

/** Outside systems that count what they get, take their time, and fail the first calls of a name as its fault says. */
export interface OutsideSystems {
  /** A call for the thing of that name, which has this fault. */
  call(system: string, name: string, fault: Fault): Promise<void>;
  /** How often a system was called for a thing. */
  count(system: string, name: string): number;
}

export function createOutsideSystems(world: World): OutsideSystems {
  const calls = new Map<string, number>();
  const placeOf = (system: string, name: string) => `${system} ${name}`;
  return {
    async call(system, name, fault) {
      const place = placeOf(system, name);
      const call = (calls.get(place) ?? 0) + 1;
      calls.set(place, call);
      world.trace(`${place}, call ${call}`);
      await sleep(world.clock, world.random.next() * 6);
      if (fault.system === system && call <= fault.calls) throw faultError(fault.code);
    },
    count: (system, name) => calls.get(placeOf(system, name)) ?? 0,
  };
}
