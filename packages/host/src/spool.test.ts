import { expect, it } from "vitest";
import { spool } from "./spool.ts";

it("reads a stream once, for several readers at different places, as far as the first of them has come", async () => {
  let asked = 0;
  let isClosed = false;
  async function* records(): AsyncGenerator<unknown> {
    try {
      for (;;) yield { id: (asked += 1), bytes: Uint8Array.of(asked), when: new Date(asked) };
    } finally {
      isClosed = true;
    }
  }
  const { records: spooled, close } = spool(records());
  const read = async (count: number) => {
    const ids: unknown[] = [];
    for await (const record of spooled) if (ids.push((record as { id: number }).id) === count) break;
    return ids;
  };
  expect(await Promise.all([read(2), read(3), read(1)])).toEqual([[1, 2], [1, 2, 3], [1]]);
  expect(asked).toBe(3);
  for await (const record of spooled) {
    expect(record).toEqual({ id: 1, bytes: Uint8Array.of(1), when: new Date(1) });
    break;
  }
  await close();
  expect(isClosed).toBe(true);
});

it("fails for each reader where the stream has failed", async () => {
  const { records, close } = spool(
    (async function* () {
      yield 1;
      throw new Error("broken");
    })(),
  );
  for (let reader = 0; reader < 2; reader++) {
    const seen: unknown[] = [];
    await expect(
      (async () => {
        for await (const record of records) seen.push(record);
      })(),
    ).rejects.toThrow("broken");
    expect(seen).toEqual([1]);
  }
  await close();
});

it("closes a stream that nobody has read", async () => {
  await expect(spool((async function* () {})()).close()).resolves.toBeUndefined();
});
