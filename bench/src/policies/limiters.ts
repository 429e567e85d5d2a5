import { RateLimiterMemory } from "rate-limiter-flexible";
import { createPolicies, type Door } from "@portolan/gateway";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { interleave, type Contestant, type Samples } from "../interleave.ts";
import { fakeExchange } from "./fake-exchange.ts";
import { ONE_MINUTE } from "./policy-options.ts";

const KEYS = 10_000;

/** The limiter alone, beside the one that most take. */
export async function limiters(rounds: number): Promise<Samples> {
  const handle: Door["handle"] = (exchange) => exchange.reply(200, {});
  const policies = createPolicies({ clock: createSystemClock() });
  const door = policies.around(
    { method: "GET", path: "/a", owner: "the bench", handle },
    { name: "bench", options: { rateLimit: { requests: 1000, per: ONE_MINUTE, header: "x-api-key" } } },
  );
  const limiter = new RateLimiterMemory({ points: 1000, duration: 60 });
  const exchanges = Array.from({ length: KEYS }, (_, index) => fakeExchange({ headers: { "x-api-key": `key ${index}` } }));
  const timed = async (run: (exchange: (typeof exchanges)[number]) => unknown): Promise<number> => {
    const before = process.cpuUsage();
    for (let turn = 0; turn < 10; turn += 1) for (const exchange of exchanges) await run(exchange);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / (10 * KEYS);
  };
  const contestants: readonly Contestant[] = [
    { name: "rateLimit", round: () => timed((exchange) => door.handle(exchange)) },
    {
      name: "rate-limiter-flexible",
      round: () =>
        timed(async (exchange) => {
          const { remainingPoints, msBeforeNext } = await limiter.consume(String(exchange.headers["x-api-key"]));
          // The policy tells callers what is left; somebody who takes the limiter does that by hand.
          exchange.addHeaders({
            "ratelimit-policy": '"rate";q=1000;w=60',
            ratelimit: `"rate";r=${remainingPoints};t=${Math.ceil(msBeforeNext / 1000)}`,
          });
          handle(exchange);
        }),
    },
  ];
  return interleave(contestants, rounds);
}
