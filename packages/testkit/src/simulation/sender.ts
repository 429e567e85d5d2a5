import { asPortolanError, sleep } from "@portolan/core";
import type { World } from "./scenario.ts";

export interface Parcel {
  readonly route: string;
  readonly id: string;
  readonly body: unknown;
}

/** A sender that repeats until it is acknowledged, and by chance once more: the route must let an id through once. */
export async function sendUntilAcknowledged(world: World, parcel: Parcel): Promise<void> {
  while (!(await send(world, parcel))) await sleep(world.clock, world.random.next() * 20);
  world.trace(`${parcel.id} is acknowledged`);
  if (world.random.next() < 0.2) await send(world, parcel);
}

/** Sends it, by chance twice at once; false if the sender was told of a failure, or lost patience or the answer on its way. */
async function send(world: World, { route, id, body }: Parcel): Promise<boolean> {
  world.trace(`send ${id}`);
  const deliver = () =>
    world.node
      .deliver(route, { id: `${id}-message`, body })
      .then(() => sleep(world.clock, world.random.next() * 3))
      .then(
        () => true,
        (thrown: unknown) => {
          const { kind, message } = asPortolanError(thrown);
          if (kind !== "transient") world.violated(`${id} was refused: ${message}`);
          return false;
        },
      );
  const answers = world.random.next() < 0.15 ? [deliver(), deliver()] : [deliver()];
  return Promise.race([...answers, sleep(world.clock, 1 + world.random.next() * 50).then(() => false)]);
}
