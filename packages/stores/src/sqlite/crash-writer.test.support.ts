import { createSqliteStore } from "../index.ts";

/**
 * Runs until it is killed: sends orders, and relays each as two bills in one unit of work with a key, a position and a row of state
 * that has a list.
 * What a commit has acknowledged is told on standard output, one line each.
 */
const [directory = "", run = ""] = process.argv.slice(2);
const store = createSqliteStore({ directory, clock: { now: () => Date.now(), after: () => ({ cancel() {} }) } });
const [orders] = await store.open({
  channels: [{ name: "orders", ordered: true, prioritized: false }],
  subscriptions: [{ channel: "orders", route: "relay" }],
});
if (orders === undefined) throw new Error("no subscription");
let wake = () => {};
store.onWork(() => wake());

void send();
for (;;) {
  const deliveries = await orders.take(16);
  for (const { ref, message } of deliveries) void relay(ref, message.id);
  if (deliveries.length === 0) await new Promise<void>((resolve) => (wake = resolve));
}

async function send(): Promise<void> {
  for (let index = 0; ; index += 1) {
    const id = `${run}.${index}`;
    // Some bodies are large enough for a file of their own.
    const body = { id, text: "x".repeat(index % 50 === 49 ? 300_000 : 300) };
    const sent = committed(
      [{ kind: "append", channel: "orders", message: { id, body, headers: {} }, key: String(index % 7) }],
      durabilityOf(index),
    );
    void sent.then(() => process.stdout.write(`sent ${id}\n`));
    if (index % 8 === 7) await sent;
  }
}

async function relay(ref: { readonly subscription: number; readonly sequence: number }, id: string): Promise<void> {
  const bill = (part: string) => ({ kind: "append", channel: `bills.${part}`, message: { id, body: part, headers: {} } }) as const;
  await store.commit(
    [
      { kind: "settle", ref },
      bill("a"),
      { kind: "keepKey", scope: "relay", key: id, until: Number.MAX_SAFE_INTEGER },
      { kind: "setPosition", name: `done.${id}`, value: id },
      {
        kind: "putState",
        scope: "relay",
        key: id,
        value: { id, text: "x".repeat(ref.sequence % 40 === 39 ? 300_000 : 10) },
        items: [id, "x".repeat(ref.sequence % 40 === 19 ? 300_000 : 10)],
        expected: 0,
      },
      bill("b"),
    ],
    durabilityOf(ref.sequence),
  );
  process.stdout.write(`relayed ${id}\n`);
}

async function committed(...commit: Parameters<typeof store.commit>): Promise<void> {
  await store.commit(...commit);
}

function durabilityOf(index: number) {
  return index % 3 === 0 ? ("process-crash" as const) : ("power-loss" as const);
}
