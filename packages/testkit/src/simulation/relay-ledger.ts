import { isRecord, type AppendEffect } from "@portolan/core";
import { isHopeless, type Order } from "./relay-orders.ts";
import type { End, World } from "./scenario.ts";

export interface Ledger {
  readonly orders: readonly Order[];
  /** How often each system was called for each order. */
  readonly calls: ReadonlyMap<string, number>;
  /** Whether the faults were mended and the dead letters re-driven. */
  readonly isMended: boolean;
  readonly world: World;
}

/** Deliveries of a channel times attempts of a step; and attempts of a parked step. */
const CALLS_BEFORE_DEATH = { FLAKY: 16, LATER: 6, REFUSED: 1 };

/** What must hold of the relay in the end: every order was accepted once and has arrived once, or is a dead letter with a reason. */
export function checkLedger({ orders, calls, isMended, world }: Ledger, { effects, waiting }: End): void {
  const appends = effects.filter((effect) => effect.kind === "append");
  const into = (channel: string) => appends.filter((append) => append.channel === channel).map(({ message }) => idOf(message.body));
  const [accepted, results, dead] = [into("accepted"), into("results"), into("dead")];
  const expectTimes = (what: string, list: readonly string[], { id, times }: { readonly id: string; readonly times: number }) => {
    const found = list.filter((entry) => entry === id).length;
    if (found !== times) world.violated(`${id} ${what} ${found} times, not ${times}`);
  };

  const [lines, shipments, audited] = [into("lines"), into("shipments"), into("audited")];
  const mayDie = (order: Order) => isMended && isHopeless(order) && !dead.includes(order.id);
  for (const order of orders) {
    const { id, fault } = order;
    const times = isHopeless(order) && !isMended ? 0 : 1;
    expectTimes("was accepted", accepted, { id, times: 1 });
    expectTimes("went on", results, { id, times });
    expectTimes("was shipped", shipments, { id, times });
    expectTimes("was audited", audited, { id, times });
    for (const line of order.lines) expectTimes("was split off", lines, { id: line, times });
    if (!mayDie(order)) expectTimes("became a dead letter", dead, { id, times: isHopeless(order) ? 1 : 0 });
    if (times === 1 && !calls.has(`bill ${id}`)) world.violated(`${id} was never billed`);
    const tries = calls.get(`${fault.system} ${id}`) ?? 0;
    if (dead.includes(id) && tries < CALLS_BEFORE_DEATH[fault.code]) world.violated(`${id} was given up after ${tries} calls`);
  }

  for (const customer of new Set(orders.map((order) => order.customer))) {
    const sent = orders.filter((order) => order.customer === customer);
    const straight = sent.filter((order) => !isHopeless(order));
    expectOrder(world, `${customer}'s orders were accepted`, { expected: sent.map(({ id }) => id), found: accepted });
    expectOrder(world, `${customer}'s orders went on`, { expected: straight.map(({ id }) => id), found: results });
  }

  for (const append of appends) if (append.channel === "dead") explainDeadLetter(append, world);
  for (const [channel, left] of waiting) {
    const isRead = channel === "accepted" || channel === "results" || channel.startsWith("route:") || (channel === "dead" && isMended);
    if (isRead && left > 0) world.violated(`${left} messages were left in ${channel}`);
  }
}

function expectOrder(
  world: World,
  what: string,
  { expected, found }: { readonly expected: readonly string[]; readonly found: readonly string[] },
): void {
  const seen = [...new Set(found.filter((id) => expected.includes(id)))];
  if (seen.join() !== expected.filter((id) => seen.includes(id)).join()) world.violated(`${what} in the order ${seen.join(", ")}`);
}

function explainDeadLetter({ message }: AppendEffect, world: World): void {
  const { deadLetter } = message;
  // Only orders become dead letters.
  const { id, fault } = message.body as Order;
  if (deadLetter?.error.code !== fault.code || deadLetter.route !== "work" || deadLetter.channel !== "accepted") {
    world.violated(`the dead letter of ${id} does not say what happened`);
  }
}

/** The id of an order, or a line, which is its own. */
function idOf(body: unknown): string {
  return isRecord(body) ? String(body["id"]) : String(body);
}
