import { bufferCount, delay, firstValueFrom, groupBy, map, mergeMap, of, Subject, timeout } from "rxjs";
import type { NaiveMessage } from "../route/naive-engine.ts";
import { doubled, GROUP_SIZE, type Item } from "./item.ts";

type ItemMessage = NaiveMessage & { readonly body: Item };

/** The aggregation as RxJS has it: messages by key, a message of each so many. It keeps no group over a restart, and nothing is undone. */
export function rxjsAggregate(block: (group: NaiveMessage) => void): (message: ItemMessage) => void {
  const messages = new Subject<ItemMessage>();
  messages
    .pipe(
      groupBy(({ body }) => body.key),
      mergeMap((group) =>
        group.pipe(
          bufferCount(GROUP_SIZE),
          map((list) => groupMessage(group.key, list)),
        ),
      ),
    )
    .subscribe(block);
  return (message) => messages.next(message);
}

function groupMessage(key: number, list: readonly ItemMessage[]): NaiveMessage {
  const aggregate = { key, size: list.length, completedBy: "size" };
  return { id: list[0]?.id ?? "", headers: list[0]?.headers ?? {}, body: list.map(({ body }) => body), attributes: { aggregate } };
}

export function rxjsDelay(ms: number): (item: Item) => Promise<Item> {
  return (item) => firstValueFrom(of(item).pipe(delay(ms)));
}

export function rxjsTimeout(ms: number): (item: Item) => Promise<Item> {
  return (item) => firstValueFrom(of(item).pipe(map(doubled), timeout(ms)));
}
