import { readdir } from "node:fs/promises";
import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";
import { startReady } from "./command-process.test.support.ts";
import { bodiesIn, settle } from "./stateful-app.test.support.ts";

/** Each job takes a price list, and stands still between its poll and its commit. */
const flow = (standstill: string) => `
channels: { jobs: { concurrency: 1 } }
routes:
  take:
    from: [{ rest: { post: /jobs } }]
    steps: [{ to: { channel: jobs } }]
  work:
    from: [{ channel: jobs }]
    steps:
      - pollEnrich: { from: { file: { directory: prices, complete: atOnce } }, combine: list, onEmpty: keep }
      - log: { message: '"polled " & $string(body)' }
      - delay: { for: ${standstill} }
      - to: { channel: priced }
`;

it("loses no file and takes none twice when it is killed between a poll and the commit", async () => {
  await using app = await createAppDirectory({ "jobs.flow.yaml": flow("1h"), "prices/1.json": "10", "prices/2.json": "20" });
  {
    await using node = await startReady([], { directory: app.path });
    const send = (id: string) => fetch(`${node.url}/jobs`, { method: "POST", headers: { "content-type": "application/json" }, body: id });
    for (const id of ['"a"', '"b"', '"c"']) expect((await send(id)).status).toBe(200);
    await node.shows(/polled/);
    expect(await readdir(`${app.path}/prices`)).not.toContain("1.json");
    node.child.kill("SIGKILL");
    await node.ended;
  }
  await app.write("jobs.flow.yaml", flow("1ms"));
  await using node = await startReady([], { directory: app.path });
  await settle(app.path, AbortSignal.timeout(30_000));
  expect(await bodiesIn(app.path, "priced")).toEqual([["a", 10], ["b", 20], "c"]);
  node.child.kill("SIGTERM");
  expect((await node.ended).code).toBe(0);
  expect((await readdir(`${app.path}/prices/archive`)).length).toBe(2);
}, 60_000);
