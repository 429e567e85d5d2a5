import { isRecord, type AppendEffect } from "@portolan/core";
import type { Order } from "./relay-orders.ts";
import type { End, World } from "./scenario.ts";

export interface Ledger {
  readonly orders: readonly Order[];
  /** How often each system was called for each order. */
  readonly calls: ReadonlyMap<string, number>;
  readonly world: World;
}

/** What must hold of the relay in the end: every order was accepted once and has arrived once, or is a dead letter with a reason. */
export function checkLedger({ orders, calls, world }: Ledger, { effects, waiting }: End): void {
  const appends = effects.filter((effect) => effect.kind === "append");
  const into = (channel: string) => appends.filter((append) => append.channel === channel);
  const idsIn = (channel: string) => into(channel).map(({ message }) => idOf(message.body));
  const [accepted, results, dead, lines] = [idsIn("accepted"), idsIn("results"), idsIn("dead"), idsIn("lines")];

  const expectOnce = (what: string, list: readonly string[], { id, times = 1 }: { readonly id: string; readonly times?: number }) => {
    const found = list.filter((entry) => entry === id).length;
    if (found !== times) world.violated(`${id} ${what} ${found} times, not ${times}`);
  };
  for (const { id, fault, lines: parts } of orders) {
    const isPoison = fault.code === "POISON";
    expectOnce("was accepted", accepted, { id });
    expectOnce("went on", results, { id, times: isPoison ? 0 : 1 });
    expectOnce("became a dead letter", dead, { id, times: isPoison ? 1 : 0 });
    for (const line of parts) expectOnce("was split off", lines, { id: line, times: isPoison ? 0 : 1 });
    if (!isPoison && !calls.has(`last ${id}`)) world.violated(`${id} never reached the last system`);
  }

  for (const customer of new Set(orders.map((order) => order.customer))) {
    const sent = orders.filter((order) => order.customer === customer);
    expectOrder(world, `${customer}'s orders were accepted`, { expected: sent.map(({ id }) => id), found: accepted });
    expectOrder(world, `${customer}'s orders went on`, {
      expected: sent.filter(({ fault }) => fault.code !== "POISON").map(({ id }) => id),
      found: results,
    });
  }

  for (const append of into("dead")) explainDeadLetter(append, world);
  for (const channel of ["accepted", "results"]) {
    const left = waiting.get(channel) ?? 0;
    if (left > 0) world.violated(`${left} messages were left in ${channel}`);
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
  if (deadLetter?.error.code !== "POISON" || deadLetter.route !== "work" || deadLetter.channel !== "accepted") {
    world.violated(`the dead letter of ${idOf(message.body)} does not say what happened`);
  }
}

/** The id of an order, or a line, which is its own. */
function idOf(body: unknown): string {
  return isRecord(body) ? String(body["id"]) : String(body);
}
