import { createRequire } from "node:module";
import Bottleneck from "bottleneck";
import { doubled, type Item } from "./item.ts";

/** As much of opossum as this benchmark calls; it comes without types. */
interface Opossum {
  new (action: (item: Item) => Promise<Item>, options: { readonly timeout: false }): { fire(item: Item): Promise<Item>; shutdown(): void };
}

/** A peer that is called once a message. */
export interface Limiter {
  handle(item: Item): Promise<Item>;
  close(): void;
}

/** A circuit breaker without a time limit, as the case has it. */
export function opossumBreaker(): Limiter {
  const CircuitBreaker = createRequire(import.meta.url)("opossum") as Opossum;
  const breaker = new CircuitBreaker(async (item) => doubled(item), { timeout: false });
  return { handle: (item) => breaker.fire(item), close: () => breaker.shutdown() };
}

/** At most so many at once. */
export function bottleneckThrottle(maxConcurrent: number): Limiter {
  const limiter = new Bottleneck({ maxConcurrent });
  return { handle: (item) => limiter.schedule(async () => doubled(item)), close: () => undefined };
}
