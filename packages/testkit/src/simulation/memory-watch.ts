import type { AppDefinition, DeliveryRef, Effect, Store } from "@portolan/core";

/** What memory channels were given over all lives of a node, and what was lost in them with a life: message ids, by channel. */
export interface MemoryEnd {
  readonly appended: ReadonlyMap<string, readonly string[]>;
  readonly lost: ReadonlyMap<string, readonly string[]>;
}

/** Keeps an eye on the memory channels of a node: their bounds, and what becomes of what they hold. */
export interface MemoryWatch extends MemoryEnd {
  /** The memory store of a new life. */
  around(store: Store): Store;
  /** The node has died. */
  died(): void;
  /** The node has stopped in order: its memory channels must be empty. */
  stopped(): void;
}

export function createMemoryWatch(app: AppDefinition, violated: (rule: string) => void): MemoryWatch {
  const capacities = new Map(app.channels.filter(({ mode }) => mode === "memory").map(({ name, capacity }) => [name, capacity]));
  const appended = new Map<string, string[]>();
  const lost = new Map<string, string[]>();
  /** Of the running life: what each channel holds, and which delivery is which message. */
  let held = new Map<string, string[]>();
  let taken = new Map<string, { readonly channel: string; readonly id: string }>();
  const nameOf = ({ subscription, sequence }: DeliveryRef) => `${subscription}/${sequence}`;
  const listIn = (lists: Map<string, string[]>, channel: string): string[] => {
    const list = lists.get(channel) ?? [];
    lists.set(channel, list);
    return list;
  };

  const note = (effect: Effect): void => {
    if (effect.kind === "append") {
      const { channel, message } = effect;
      listIn(appended, channel).push(message.id);
      const list = listIn(held, channel);
      list.push(message.id);
      if (list.length > (capacities.get(channel) ?? 0)) violated(`${list.length} messages were in ${channel}`);
    }
    if (effect.kind !== "settle") return;
    const message = taken.get(nameOf(effect.ref));
    if (message === undefined) return violated(`${nameOf(effect.ref)} was settled, but not taken`);
    const list = listIn(held, message.channel);
    list.splice(list.indexOf(message.id), 1);
  };

  return {
    appended,
    lost,
    around: (store) => ({
      ...store,
      async open(setup) {
        const subscriptions = await store.open(setup);
        return subscriptions.map((subscription) => ({
          ...subscription,
          async take(limit) {
            const deliveries = await subscription.take(limit);
            for (const { ref, channel, message } of deliveries) taken.set(nameOf(ref), { channel, id: message.id });
            return deliveries;
          },
        }));
      },
      async commit(effects, durability) {
        for (const effect of effects) note(effect);
        await store.commit(effects, durability);
      },
    }),
    died() {
      for (const [channel, ids] of held) listIn(lost, channel).push(...ids);
      held = new Map();
      taken = new Map();
    },
    stopped() {
      for (const [channel, ids] of held) if (ids.length > 0) violated(`the engine has stopped with ${ids.join(", ")} in ${channel}`);
    },
  };
}
