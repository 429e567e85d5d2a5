/** A binary heap: `pop` yields the item that stands before all others. */
export interface Heap<Item> {
  readonly size: number;
  peek(): Item | undefined;
  push(item: Item): void;
  pop(): Item | undefined;
}

export function createHeap<Item>(standsBefore: (a: Item, b: Item) => boolean): Heap<Item> {
  const items: Item[] = [];
  // Every index below `items.length` holds an item; the compiler cannot know.
  const at = (index: number) => items[index] as Item;

  function rise(index: number): void {
    const item = at(index);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!standsBefore(item, at(parent))) break;
      items[index] = at(parent);
      index = parent;
    }
    items[index] = item;
  }

  function sink(index: number): void {
    const item = at(index);
    const half = items.length >> 1;
    while (index < half) {
      let child = 2 * index + 1;
      if (child + 1 < items.length && standsBefore(at(child + 1), at(child))) child += 1;
      if (!standsBefore(at(child), item)) break;
      items[index] = at(child);
      index = child;
    }
    items[index] = item;
  }

  return {
    get size() {
      return items.length;
    },
    peek: () => items[0],
    push(item) {
      items.push(item);
      rise(items.length - 1);
    },
    pop() {
      const first = items[0];
      const last = items.pop();
      if (last !== undefined && items.length > 0) {
        items[0] = last;
        sink(0);
      }
      return first;
    },
  };
}
