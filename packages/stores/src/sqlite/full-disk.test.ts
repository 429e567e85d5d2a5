import { spawnSync } from "node:child_process";
import { mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "@portolan/core";
import { createVirtualClock } from "@portolan/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { append, createStoreFolder } from "./store-folder.test.support.ts";

const FAILED = { code: "PORTOLAN_STORE_FAILED", kind: "transient", hint: expect.stringContaining("Free space") };
const BODY = "x".repeat(20_000);

describe("a store on a full disk", () => {
  const folder = createStoreFolder();
  let volume = "";
  let isMounted = false;
  let ballast = "";

  beforeAll(async () => {
    volume = await mkdtemp(join(tmpdir(), "portolan-volume-"));
    ballast = join(volume, "ballast");
    const { status, error, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=6m", "tmpfs", volume], { encoding: "utf8" });
    isMounted = status === 0;
    if (!isMounted)
      process.stderr.write(`skipped: no small volume could be mounted for the full disk tests (${error?.message ?? stderr.trim()})\n`);
  });
  afterAll(async () => {
    if (isMounted) spawnSync("umount", ["--lazy", volume]);
    await rmdir(volume);
  });

  async function fill(store: Store, more: { readonly from: number }): Promise<string[]> {
    const stored: string[] = [];
    for (let index = more.from; ; index += 1) {
      try {
        await store.commit([append(`m${index}`, BODY)], "power-loss");
      } catch (error) {
        expect(error).toMatchObject(FAILED);
        return stored;
      }
      stored.push(`m${index}`);
    }
  }

  const waiting = async (store: Store) => (await store.peek("orders", { limit: 1000 })).map(({ message }) => message.id);

  it("refuses commits whole, loses none that it took, still delivers, and goes on when there is space", async () => {
    if (!isMounted) return;
    await writeFile(ballast, Buffer.alloc(2_000_000));
    const directory = join(volume, "first");
    const clock = createVirtualClock();
    const { store, subscriptions } = await folder.open(directory, clock);
    const [subscription] = subscriptions;
    const stored = await fill(store, { from: 0 });
    expect(await waiting(store)).toEqual(stored);

    const [first] = (await subscription?.take(1)) ?? [];
    if (first === undefined || subscription === undefined) throw new Error("nothing was delivered");
    const unit = store.commit([{ kind: "settle", ref: first.ref }, append("big", "y".repeat(250_000)), append("after")], "power-loss");
    await expect(unit).rejects.toMatchObject(FAILED);
    expect(await waiting(store)).toEqual(stored);
    expect(await subscription.take(1)).toMatchObject([{ message: { id: stored[1] } }]);

    const spooled = store.commit([append("spooled", "z".repeat(6_000_000))], "power-loss");
    await expect(spooled).rejects.toMatchObject(FAILED);

    await rm(ballast);
    subscription.release([first.ref]);
    expect((await subscription.take(1))[0]?.message.id).toBe("m0");
    await store.commit([{ kind: "settle", ref: first.ref }, append("after")], "power-loss");
    await store.close();

    const again = await folder.open(directory, clock);
    expect(await waiting(again.store)).toEqual([...stored.slice(1), "after"]);
    await again.store.close();
    await rm(directory, { recursive: true });
  });

  it("writes what it had accepted without durability when there is space, in order, and accepts no more meanwhile", async () => {
    if (!isMounted) return;
    await writeFile(ballast, Buffer.alloc(2_000_000));
    const clock = createVirtualClock();
    const { store } = await folder.open(join(volume, "second"), clock);
    const stored = await fill(store, { from: 0 });
    await store.commit([append("owed1", BODY)], "none");
    await store.commit([append("owed2", BODY)], "none");
    await expect(store.commit([append("refused", BODY)], "power-loss")).rejects.toMatchObject(FAILED);
    await expect(store.commit([append("unsafe", BODY)], "none")).rejects.toMatchObject(FAILED);
    await rm(ballast);
    await clock.advanceTo(500);
    await store.commit([append("last")], "power-loss");
    expect(await waiting(store)).toEqual([...stored, "owed1", "owed2", "unsafe", "last"]);
    await store.close();
  });
});
