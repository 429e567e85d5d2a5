import type { Awaitable, Store, Subscription } from "@portolan/core";

/** Stands between a caller and a store: makes the call, or not, and yields what the caller gets. */
export type Around = <T>(call: () => Awaitable<T>) => Awaitable<T>;

/** The same store with every call, also those of its subscriptions, made through `around`. */
export function storeAround(store: Store, around: Around): Store {
  return {
    open: async (setup) => (await around(() => store.open(setup))).map((subscription) => subscriptionAround(subscription, around)),
    commit: (effects, durability) => around(() => store.commit(effects, durability)),
    stage: (stage, appends) => around(() => store.stage(stage, appends)),
    unstage: (stage) => void around(() => store.unstage(stage)),
    onWork: (listener) => store.onWork(listener),
    claim: (request) => around(() => store.claim(request)),
    renew: (owner, leaseMs) => void around(() => store.renew(owner, leaseMs)),
    unclaim: (scope, key, owner) => void around(() => store.unclaim(scope, key, owner)),
    position: (name) => around(() => store.position(name)),
    state: (scope, key) => around(() => store.state(scope, key)),
    stateItems: (scope, key) => around(() => store.stateItems(scope, key)),
    states: (scope, query) => around(() => store.states(scope, query)),
    nextStateDue: (scope) => around(() => store.nextStateDue(scope)),
    channels: () => around(() => store.channels()),
    peek: (channel, options) => around(() => store.peek(channel, options)),
    remove: (channel, sequences) => around(() => store.remove(channel, sequences)),
    redrive: (channel, sequences) => around(() => store.redrive(channel, sequences)),
    journal: (messageId) => around(() => store.journal(messageId)),
    failures: (limit) => around(() => store.failures(limit)),
    prune: (policy) => around(() => store.prune(policy)),
    close: async () => around(() => store.close()),
  };
}

function subscriptionAround(subscription: Subscription, around: Around): Subscription {
  return {
    id: subscription.id,
    channel: subscription.channel,
    route: subscription.route,
    take: (limit) => around(() => subscription.take(limit)),
    nextDue: () => around(() => subscription.nextDue()),
    release: (refs) => void around(() => subscription.release(refs)),
  };
}
