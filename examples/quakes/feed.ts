import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import { z } from "zod";

/** The USGS feed of all events of one week, as it is shipped in the package vega-datasets. */
export interface Feed {
  readonly text: string;
  readonly events: readonly ReportedEvent[];
}

export type ReportedEvent = z.infer<typeof ReportedEvent>;

/** As little as the accounts need; the app has a contract of its own. */
const ReportedEvent = z.looseObject({
  id: z.string(),
  properties: z.looseObject({ mag: z.number(), type: z.string(), place: z.string() }),
});
const Collection = z.looseObject({ features: z.array(ReportedEvent) });

export function readFeed(): Feed {
  const file = join(dirname(findPackageJSON("vega-datasets", import.meta.url) ?? ""), "data", "earthquakes.json");
  return feedOf(Collection.parse(JSON.parse(readFileSync(file, "utf8"))).features);
}

/** The feed with its latest events only. */
export function latestOf({ events }: Feed, count: number): Feed {
  return feedOf(events.slice(0, count));
}

/** The feed as it was when it had no more than so many events: the latest come first in it. */
export function earlierOf({ events }: Feed, count: number): Feed {
  return feedOf(events.slice(-count));
}

function feedOf(events: readonly ReportedEvent[]): Feed {
  return { text: JSON.stringify({ type: "FeatureCollection", features: events }), events };
}

/** The event that the receiver refuses: the oldest quake of the largest region, in the way of all others of that region. */
export function poisonOf({ events }: Feed): string {
  return events.findLast(({ properties }) => properties.type === "earthquake" && properties.place.endsWith(", CA"))?.id ?? "";
}

/** Puts the feed into the watched folder, as a poller does: whole at once, by a rename. */
export function dropFeed(data: string, name: string, { text }: Feed): void {
  const inbox = join(data, "inbox");
  mkdirSync(inbox, { recursive: true });
  const written = join(data, `${name}.written`);
  writeFileSync(written, text);
  renameSync(written, join(inbox, `${name}.geojson`));
}
