import { loadBenchParts, type AppInTest, type TestAppOptions } from "@portolan/cli";
import { createTestBench, type TestBench } from "@portolan/testkit";

/**
 * Puts an app on a test bench: stores in memory, a virtual clock, and doubles for the systems that it talks to.
 * The app is read when the bench is first used; what is wrong with it is thrown then (PORTOLAN_CONFIG_INVALID).
 *
 * @example
 * await using shop = testApp(app);
 * shop.replaceTarget("rest:POST https://erp.example/orders", failOnce());
 * const receipt = await shop.request(placeOrder, { id: "1", total: 12 });
 * await shop.settle();
 * shop.records("rest:POST https://erp.example/orders"); // both attempts
 */
export function testApp(app: AppInTest, options: TestAppOptions = {}): TestBench {
  return createTestBench(() => loadBenchParts(app, options), options);
}
