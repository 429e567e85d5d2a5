import type { FeedEvent, Quake, QuakeClass } from "./contracts.ts";

/** What the app makes of an event of the feed. */
export function toQuake({ id, properties, geometry }: FeedEvent): Quake {
  const [longitude, latitude, depthKm] = geometry.coordinates;
  return {
    id,
    time: new Date(properties.time).toISOString(),
    magnitude: properties.mag,
    class: classOf(properties.mag),
    region: regionOf(properties.place),
    place: properties.place,
    longitude,
    latitude,
    depthKm,
    isReviewed: properties.status === "reviewed",
    felt: properties.felt,
    alert: properties.alert,
    url: properties.url,
  };
}

/** The least magnitude of each class, the highest first. */
const LEAST: readonly (readonly [number, QuakeClass])[] = [
  [8, "great"],
  [7, "major"],
  [6, "strong"],
  [5, "moderate"],
  [4, "light"],
  [2, "minor"],
];

export function classOf(magnitude: number): QuakeClass {
  return LEAST.find(([least]) => magnitude >= least)?.[1] ?? "micro";
}

/** The networks spell some regions in two ways: "4km W of Castaic, CA" and "10km S of Idyllwild, California". */
const SPELLINGS: Readonly<Record<string, string>> = { CA: "California", NV: "Nevada", MX: "Mexico" };

/** What stands behind the last comma of a place; the whole place where there is none, as for "Reykjanes Ridge". */
export function regionOf(place: string): string {
  const region = place.slice(place.lastIndexOf(",") + 1).trim();
  return SPELLINGS[region] ?? region;
}
