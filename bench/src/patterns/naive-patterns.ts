import type { Expression, NaiveMessage, NaiveStep } from "../route/naive-engine.ts";

/** Patterns as the usual engine of a hundred lines has them: every step and every expression is awaited, every change is a copy. */
type Any = NaiveMessage<never>;

export function split(by: Expression<readonly unknown[]>, block: NaiveStep): NaiveStep {
  return async (message) => {
    const elements = await by(message as Any);
    const results: unknown[] = [];
    for (const [index, body] of elements.entries()) {
      const attributes = { ...message.attributes, split: { index, size: elements.length, last: index === elements.length - 1 } };
      const part = await block({ ...message, id: `${message.id}-${index}`, body, attributes });
      if (part !== undefined) results.push(part.body);
    }
    return { ...message, body: results };
  };
}

export function multicast(branches: Readonly<Record<string, NaiveStep>>): NaiveStep {
  return async (message) => {
    const results: Record<string, unknown> = {};
    for (const [index, [name, branch]] of Object.entries(branches).entries()) {
      const part = await branch({ ...message, attributes: { ...message.attributes, multicast: { name, index } } });
      if (part !== undefined) results[name] = part.body;
    }
    return { ...message, body: results };
  };
}

export function loop(times: Expression<number>, block: NaiveStep): NaiveStep {
  return async (message) => {
    const size = await times(message as Any);
    let current = message;
    for (let index = 0; index < size; index++) {
      const next = await block({ ...current, attributes: { ...current.attributes, loop: { index, size } } });
      if (next === undefined) return undefined;
      current = next;
    }
    return current;
  };
}

export function aggregate(key: Expression<unknown>, size: number, block: NaiveStep): NaiveStep {
  const groups = new Map<string, { readonly first: NaiveMessage; readonly bodies: unknown[] }>();
  return async (message) => {
    const name = JSON.stringify(await key(message as Any));
    const group = groups.get(name) ?? { first: message, bodies: [] };
    groups.set(name, group);
    group.bodies.push(message.body);
    if (group.bodies.length === size) {
      groups.delete(name);
      await block({ ...group.first, body: group.bodies, attributes: { aggregate: { key: name, size, completedBy: "size" } } });
    }
    return message;
  };
}

export function resequence(by: Expression<number>, size: number, block: NaiveStep): NaiveStep {
  let waiting: { readonly order: number; readonly message: NaiveMessage }[] = [];
  return async (message) => {
    waiting.push({ order: await by(message as Any), message });
    if (waiting.length < size) return message;
    const batch = waiting.toSorted((a, b) => a.order - b.order);
    waiting = [];
    for (const one of batch) await block(one.message);
    return message;
  };
}

/** Another route, whose reply is the new body. */
export function call(route: NaiveStep): NaiveStep {
  return async (message) => {
    const reply = await route({ ...message, attributes: {} });
    return reply === undefined ? undefined : { ...message, body: reply.body };
  };
}

/** Another route on a copy, whose result nobody waits for to use. */
export function send(route: NaiveStep): NaiveStep {
  return async (message) => {
    await route({ ...message, attributes: {} });
    return message;
  };
}

export function enrich(route: NaiveStep, combine: (original: never, reply: NaiveMessage) => unknown): NaiveStep {
  return async (message) => {
    const reply = await route({ ...message, attributes: {} });
    return reply === undefined ? message : { ...message, body: await combine(message.body as never, reply) };
  };
}

/** Each address in turn gets the message. */
export function recipientList(addresses: Expression<readonly string[]>, routes: Readonly<Record<string, NaiveStep>>): NaiveStep {
  return async (message) => {
    for (const address of await addresses(message as Any)) await routes[address]?.({ ...message, attributes: {} });
    return message;
  };
}

/** Each address in turn gets what the one before made. */
export function routingSlip(addresses: Expression<readonly string[]>, routes: Readonly<Record<string, NaiveStep>>): NaiveStep {
  return async (message) => {
    let current = message;
    for (const address of await addresses(message as Any)) {
      const next = await routes[address]?.({ ...current, attributes: {} });
      if (next !== undefined) current = { ...current, body: next.body };
    }
    return current;
  };
}

export function loadBalance(targets: readonly NaiveStep[]): NaiveStep {
  let next = 0;
  return async (message) => targets[next++ % targets.length]?.(message);
}

export function tryCatch(block: NaiveStep, rescue: NaiveStep): NaiveStep {
  return async (message) => {
    try {
      return await block(message);
    } catch (error) {
      return rescue({ ...message, attributes: { ...message.attributes, error } });
    }
  };
}

export function fail(text: Expression<string>): NaiveStep {
  return async (message) => {
    throw new Error(await text(message as Any));
  };
}

export function validate(when: Expression<boolean>): NaiveStep {
  return async (message) => {
    if (!(await when(message as Any))) throw new Error("the message is not valid");
    return message;
  };
}

export function sample(every: number): NaiveStep {
  let count = 0;
  return async (message) => (count++ % every === 0 ? message : undefined);
}

export function cache(key: Expression<unknown>, block: NaiveStep): NaiveStep {
  const kept = new Map<string, unknown>();
  return async (message) => {
    const name = JSON.stringify(await key(message as Any));
    if (kept.has(name)) return { ...message, body: kept.get(name) };
    const result = await block(message);
    if (result !== undefined) kept.set(name, result.body);
    return result;
  };
}

/** At most so many messages are inside at once. */
export function atMost(limit: number, block: NaiveStep): NaiveStep {
  let inside = 0;
  return async (message) => {
    if (inside >= limit) throw new Error("too many messages are inside");
    inside += 1;
    try {
      return await block(message);
    } finally {
      inside -= 1;
    }
  };
}

export function claimCheck(block: NaiveStep): NaiveStep {
  return async (message) => {
    const { body, headers } = message;
    const result = await block(message);
    return result === undefined ? undefined : { ...result, body, headers };
  };
}

export function sort(list: Expression<readonly number[]>): NaiveStep {
  return async (message) => ({ ...message, body: (await list(message as Any)).toSorted((a, b) => a - b) });
}

export function encode(): NaiveStep {
  return async (message) => ({ ...message, body: new TextEncoder().encode(JSON.stringify(message.body)) });
}

export function decode(): NaiveStep {
  return async (message) => ({ ...message, body: JSON.parse(new TextDecoder().decode(message.body as Uint8Array)) });
}

export function delay(ms: number): NaiveStep {
  return async (message) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return message;
  };
}

/** Asked for the next address after each hop, until there is none. */
export function dynamicRouter(next: Expression<string | undefined>, routes: Readonly<Record<string, NaiveStep>>): NaiveStep {
  return async (message) => {
    let current: NaiveMessage = { ...message, attributes: { ...message.attributes, slip: { previous: null, hops: 0 } } };
    for (let hops = 1; ; hops++) {
      const address = await next(current as Any);
      if (address === undefined) return current;
      const reply = await routes[address]?.({ ...current, attributes: {} });
      const body = reply === undefined ? current.body : reply.body;
      current = { ...current, body, attributes: { ...current.attributes, slip: { previous: address, hops } } };
    }
  };
}

/** Keys are forgotten with the process, and nothing is claimed while a message is on its way. */
export function idempotent(key: Expression<unknown>, keepMs: number): NaiveStep {
  const kept = new Map<string, number>();
  return async (message) => {
    const name = JSON.stringify(await key(message as Any));
    const now = Date.now();
    const until = kept.get(name);
    if (until !== undefined && until > now) return undefined;
    kept.set(name, now + keepMs);
    return message;
  };
}

export function log(text: Expression<string>): NaiveStep {
  const write = (_level: string, _line: string, _fields: Readonly<Record<string, unknown>>) => {};
  return async (message) => {
    write("info", await text(message as Any), { messageId: message.id });
    return message;
  };
}

/** Takes what the message before has left in the queue, and leaves itself there. */
export function pollEnrich(): NaiveStep {
  const queue: NaiveMessage[] = [];
  return async (message) => {
    const polled = queue.shift();
    queue.push(message);
    return polled === undefined ? message : { ...message, body: polled.body, attributes: { ...message.attributes, found: true } };
  };
}

/** Undoes in reverse order if an action fails. Nobody knows of it after a crash. */
export function saga(actions: readonly { readonly block: NaiveStep; readonly compensate: NaiveStep }[]): NaiveStep {
  return async (message) => {
    const begun: (() => Promise<unknown>)[] = [];
    let current = message;
    try {
      for (const { block, compensate } of actions) {
        const saved = current;
        begun.push(() => compensate(saved));
        const next = await block(current);
        if (next === undefined) return undefined;
        current = next;
      }
      return current;
    } catch (error) {
      for (const undo of begun.toReversed()) await undo();
      throw error;
    }
  };
}

export function stop(): NaiveStep {
  return async (message) => ({ ...message, attributes: { ...message.attributes, stopped: true } });
}

export function timeout(ms: number, block: NaiveStep): NaiveStep {
  return async (message) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error("the block took too long")), ms);
    });
    try {
      return await Promise.race([block(message), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Another route on a copy, for which nobody waits. */
export function wireTap(route: NaiveStep): NaiveStep {
  return async (message) => {
    route({ ...message, attributes: {} }).catch(() => undefined);
    return message;
  };
}
