import { it } from "vitest";
import { length, ofOrders, price, refused, same, type BodyAt, type Receipt } from "../../builder/type-cases.test.support.ts";

it("circuitBreaker yields what its block or its fallback does", () => {
  const plain = ofOrders.circuitBreaker({ failureRate: 50, openFor: "10s" }, (s) => s.call(price));
  same<BodyAt<typeof plain>, Receipt>(true);
  const withFallback = ofOrders.circuitBreaker(
    { counts: ["transient"] },
    (s) => s.call(price),
    (s) => s.map(() => null),
  );
  same<BodyAt<typeof withFallback>, Receipt | null>(true);
  refused(() => {
    // @ts-expect-error its block is missing
    ofOrders.circuitBreaker({ failureRate: 50 });
    // @ts-expect-error there is no such kind of error
    ofOrders.circuitBreaker({ counts: ["temporary"] }, (s) => s.call(price));
    // @ts-expect-error there is no such option
    ofOrders.circuitBreaker({ failures: 5 }, (s) => s.call(price));
    ofOrders.circuitBreaker(
      {},
      (s) => s.call(price),
      // @ts-expect-error a fallback gets the order
      (s) => s.call(length),
    );
  });
});
