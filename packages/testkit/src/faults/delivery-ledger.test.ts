import { expect, test } from "vitest";
import { createDeliveryLedger } from "./delivery-ledger.ts";

function ledgerOf(messages: readonly (readonly [id: string, key: string])[]) {
  const ledger = createDeliveryLedger();
  for (const [id, key] of messages) {
    ledger.sending({ id, key });
    ledger.acknowledged(id);
  }
  return ledger;
}

const FOUR = [
  ["a1", "a"],
  ["b1", "b"],
  ["a2", "a"],
  ["a3", "a"],
] as const;

test("nothing is wrong with messages that come once, in the order of their keys", () => {
  const ledger = ledgerOf(FOUR);
  for (const id of ["a1", "a2", "b1", "a3"]) ledger.received(id);
  expect(ledger.report()).toEqual({ sent: 4, acknowledged: 4, received: 4, lost: [], doubled: [], reordered: [], phantom: [] });
});

test("what is lost, doubled, out of order and made up is told, each under its name", () => {
  const ledger = ledgerOf(FOUR);
  for (const id of ["a1", "a3", "a2", "a3", "a3", "x"]) ledger.received(id);
  expect(ledger.missing()).toEqual(["b1"]);
  expect(ledger.report()).toEqual({
    sent: 4,
    acknowledged: 4,
    received: 6,
    lost: ["b1"],
    doubled: ["a3", "a3"],
    reordered: ["a2"],
    phantom: ["x"],
  });
});

test("a message that comes again later is doubled, not out of order, and one that nobody acknowledged is not lost", () => {
  const ledger = ledgerOf(FOUR);
  ledger.sending({ id: "c1", key: "c" });
  for (const id of ["a1", "a2", "a3", "a1", "b1"]) ledger.received(id);
  expect(ledger.report()).toMatchObject({ sent: 5, acknowledged: 4, lost: [], doubled: ["a1"], reordered: [] });
});

test("an id that is used twice, or acknowledged unsent, is a fault of the test", () => {
  const ledger = ledgerOf(FOUR);
  expect(() => ledger.sending({ id: "a1" })).toThrow("message a1 is sent twice");
  expect(() => ledger.acknowledged("z")).toThrow("message z is acknowledged and was never sent");
});
