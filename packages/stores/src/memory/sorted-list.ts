/** Items in an order, to be walked from anywhere. No two items stand at the same place. */
export interface SortedList<Item> {
  readonly size: number;
  add(item: Item): void;
  /** The item must stand where it stood when it was added. */
  delete(item: Item): void;
  /** The items in order, without the first ones: those for which `isBefore` holds. */
  from(isBefore: (item: Item) => boolean): Iterable<Item>;
}

/** Long lists are kept in chunks, so that none of them has many items to move. */
const CHUNK = 512;

export function createSortedList<Item>(standsBefore: (a: Item, b: Item) => boolean): SortedList<Item> {
  /** None is empty. */
  const chunks: Item[][] = [];
  let size = 0;

  function chunkOf(isBefore: (item: Item) => boolean): number {
    return partitionPoint(chunks, (chunk) => isBefore(last(chunk)));
  }

  function* from(isBefore: (item: Item) => boolean): Generator<Item> {
    let index = chunkOf(isBefore);
    let start = partitionPoint(chunks[index] ?? [], isBefore);
    for (let chunk = chunks[index]; chunk !== undefined; chunk = chunks[index]) {
      for (; start < chunk.length; start += 1) yield at(chunk, start);
      index += 1;
      start = 0;
    }
  }

  return {
    get size() {
      return size;
    },
    add(item) {
      size += 1;
      const isBefore = (other: Item) => standsBefore(other, item);
      const index = Math.min(chunkOf(isBefore), chunks.length - 1);
      const chunk = chunks[index];
      if (chunk === undefined) chunks.push([item]);
      else if (chunk.length < CHUNK) chunk.splice(partitionPoint(chunk, isBefore), 0, item);
      else if (index === chunks.length - 1 && isBefore(last(chunk))) chunks.push([item]);
      else {
        const upper = chunk.splice(CHUNK / 2);
        chunks.splice(index + 1, 0, upper);
        const half = isBefore(last(chunk)) ? upper : chunk;
        half.splice(partitionPoint(half, isBefore), 0, item);
      }
    },
    delete(item) {
      const isBefore = (other: Item) => standsBefore(other, item);
      const index = chunkOf(isBefore);
      const chunk = chunks[index];
      const place = chunk === undefined ? -1 : partitionPoint(chunk, isBefore);
      if (chunk?.[place] !== item) return;
      size -= 1;
      chunk.splice(place, 1);
      if (chunk.length === 0) chunks.splice(index, 1);
    },
    from,
  };
}

/** How many of the first items satisfy what the others do not. */
function partitionPoint<Item>(items: readonly Item[], isBefore: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(at(items, middle))) low = middle + 1;
    else high = middle;
  }
  return low;
}

function last<Item>(items: readonly Item[]): Item {
  return at(items, items.length - 1);
}

/** The index is within the list; the compiler cannot know. */
function at<Item>(items: readonly Item[], index: number): Item {
  return items[index] as Item;
}
