import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { createVirtualClock } from "@portolan/testkit";
import { describe, expect, it } from "vitest";
import { append, createStoreFolder } from "./store-folder.test.support.ts";

const OWNER = `
  import { createSqliteStore } from "@portolan/stores";
  const store = createSqliteStore({ directory: process.argv[1], clock: { now: () => 0, after: () => ({ cancel() {} }) } });
  await store.open({ channels: [], subscriptions: [] });
  await store.commit([{ kind: "append", channel: "orders", message: { id: "a", body: 1, headers: {} } }], "process-crash");
  console.log("open");
`;

async function startOwner(directory: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["--conditions=portolan-source", "--input-type=module", "--eval", OWNER, directory], {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(createInterface(child.stdout), "line");
  return child;
}

describe("the owner of a store", () => {
  const folder = createStoreFolder();

  it("is one process: another learns which, and can open the store when that one was killed", async () => {
    const directory = folder.next();
    const owner = await startOwner(directory);
    await expect(folder.open(directory, createVirtualClock())).rejects.toMatchObject({
      code: "PORTOLAN_STORE_LOCKED",
      message: expect.stringContaining(`process ${owner.pid}`),
    });
    const exited = once(owner, "exit");
    owner.kill("SIGKILL");
    await exited;
    const { subscriptions } = await folder.open(directory, createVirtualClock());
    expect(await subscriptions[0]?.take(10)).toHaveLength(1);
  });

  it("is one store within a process, too, and gives the directory free when it is closed", async () => {
    const directory = folder.next();
    const first = await folder.open(directory, createVirtualClock());
    await expect(folder.open(directory, createVirtualClock())).rejects.toMatchObject({
      code: "PORTOLAN_STORE_LOCKED",
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await first.store.commit([append("a")], "power-loss");
    await first.store.close();
    const second = await folder.open(directory, createVirtualClock());
    expect(await second.subscriptions[0]?.take(10)).toHaveLength(1);
  });

  it.runIf(existsSync("/proc/self"))("says where no folder can be made, instead of trying without end", async () => {
    const opened = folder.open("/proc/portolan/store", createVirtualClock());
    await expect(opened).rejects.toMatchObject({ code: "PORTOLAN_STORE_FAILED", message: expect.stringContaining("/proc/portolan") });
  });
});
