import type { FixedLayout } from "./layout.ts";

/** Says of each record whether it may stand where it comes; answers what was expected, or undefined. */
export interface RecordOrder {
  next(record: string): string | undefined;
  end(): string | undefined;
}

export function createRecordOrder(order: FixedLayout["order"]): RecordOrder {
  let index = 0;
  let count = 0;
  return {
    next(record) {
      if (order.length === 0) return undefined;
      for (; ; index += 1, count = 0) {
        const expected = order[index];
        if (expected === undefined) return `the end of the records, found ${record}`;
        if (expected.record === record && count < expected.max) {
          count += 1;
          return undefined;
        }
        if (count < expected.min) return `a record of type ${expected.record}, found ${record}`;
      }
    },
    end() {
      for (; index < order.length; index += 1, count = 0) {
        const expected = order[index];
        if (expected !== undefined && count < expected.min) return `a record of type ${expected.record}, found the end of the text`;
      }
      return undefined;
    },
  };
}
