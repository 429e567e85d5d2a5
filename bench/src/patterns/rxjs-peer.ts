import { bufferCount, delay, firstValueFrom, groupBy, map, mergeMap, of, Subject, timeout } from "rxjs";
import { doubled, GROUP_SIZE, type Item } from "./item.ts";

/** The aggregation as RxJS has it: groups by key, a list of each so many. It keeps no group over a restart, and nothing is undone. */
export function rxjsAggregate(onGroup: (size: number) => void): (item: Item) => void {
  const items = new Subject<Item>();
  items
    .pipe(
      groupBy((item) => item.key),
      mergeMap((group) => group.pipe(bufferCount(GROUP_SIZE))),
    )
    .subscribe((group) => onGroup(group.length));
  return (item) => items.next(item);
}

export function rxjsDelay(ms: number): (item: Item) => Promise<Item> {
  return (item) => firstValueFrom(of(item).pipe(delay(ms)));
}

export function rxjsTimeout(ms: number): (item: Item) => Promise<Item> {
  return (item) => firstValueFrom(of(item).pipe(map(doubled), timeout(ms)));
}
