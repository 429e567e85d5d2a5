import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { app, channel, route, system } from "portolan";
import { file } from "portolan/file";
import { rest } from "portolan/rest";
import { z } from "zod";
import { Feed, FeedEvent, Lookup, Quake, Search } from "./contracts.ts";
import { openQuakeIndex } from "./quake-index.ts";
import { toQuake } from "./quake.ts";
import { data, receiver } from "./settings.ts";

const usgs = system("usgs", { title: "USGS earthquake feed" });
const observatory = system("observatory", { title: "The receiver of this example", owner: "seismology" });
const index = openQuakeIndex(data);
const inbox = join(data, "inbox");
// A folder that is watched has to be there.
mkdirSync(inbox, { recursive: true });

/** Every event of the feed once, as it was reported. */
const reported = channel("quakes.reported");
/** Every earthquake once. Those of one region stay in their order. */
const quakes = channel("quakes", { contract: Quake, orderedBy: (quake) => quake.region, concurrency: 16 });
/** Every delivered quake once. Nobody reads it: it is the app's own ledger. */
const delivered = channel("quakes.delivered", { contract: Quake });

/**
 * A file is one unit of work: all its events are taken up, or, after a crash in the middle, none. The feed has the latest
 * first; they go on in the order in which they happened.
 */
const collect = route("collect", { title: "Collect the feed", input: Feed })
  .from(file.watch({ directory: inbox, include: "*.geojson", format: "json", complete: "atOnce", archive: "../read", failed: "../failed" }))
  .split(
    (m) => m.body.features.toReversed(),
    (event) => event.idempotent((m) => m.body.id).to(reported),
    { onPartFailure: "deadLetter" },
  );

/** What breaks the contract of an event ends in the dead letter, with the reason. */
const classify = route("classify", { title: "Check and classify events", input: FeedEvent })
  .from(reported)
  .map((m) => toQuake(m.body))
  .to(quakes)
  .onError({ match: { kind: "invalid" }, outcome: "deadLetter" });

/** At least once to the outside world: each attempt bears the same Idempotency-Key, and the receiver counts by id. */
const deliver = route("deliver", { title: "Deliver quakes", input: Quake })
  .from(quakes)
  .to(rest.post(`${receiver}/quakes`, { system: observatory, timeout: "500ms" }))
  .to(delivered)
  .onError({ match: { kind: "transient" }, retry: { attempts: "unlimited", delay: "50ms", maxDelay: "2s", wait: "parked" } })
  .onError({ match: { kind: "rejected" }, outcome: "deadLetter" });

const archive = route("archive", { title: "Archive quakes", input: Quake })
  .from(quakes)
  .to(file.write({ directory: data, file: "quakes.csv", mode: "append", format: { csv: { columns: Object.keys(Quake.shape) } } }))
  .map((m) => index.put(m.body));

const list = route("list", { title: "Quakes by magnitude", input: Search, output: z.array(Quake) })
  .from(rest.get("/quakes"))
  .map((m) => index.list(m.body.minMagnitude ?? -Infinity));

const find = route("find", { title: "One quake", input: Lookup })
  .from(rest.get("/quakes/:id"))
  .map((m) => index.find(m.body.id) ?? null)
  .choice((c) =>
    c.when(
      (m) => m.body === null,
      (r) =>
        r
          .set({ headers: { "http-status": () => 404, "content-type": () => "application/problem+json" } })
          .map(() => ({ title: "There is no such quake.", status: 404 })),
    ),
  );

export default app("quakes", { systems: [usgs, observatory], routes: [collect, classify, deliver, archive, list, find] });
