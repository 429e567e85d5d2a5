import type { Handled } from "./door.ts";
import type { Exchange } from "./exchange.ts";

/** Goes on with a request once a door knows how. */
export async function handleLater(exchange: Exchange, deciding: Promise<Handled>): Promise<void> {
  const handled = await deciding;
  if (handled === undefined || !("body" in handled)) return;
  let bytes: Buffer;
  try {
    bytes = await exchange.readBody();
  } catch (error) {
    handled.lost();
    throw error;
  }
  await handled.body(bytes);
}
