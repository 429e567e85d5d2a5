import { z } from "zod";

/** A file of the feed. Its events are looked at one by one, so that a wrong one does not take the others with it. */
export const Feed = z.object({
  type: z.literal("FeatureCollection"),
  features: z.array(z.looseObject({ id: z.string().optional() })),
});

/** The feed also tells of explosions; they are no earthquakes, and the receiver is only interested in those. */
const earthquake = z.literal("earthquake", { error: ({ input }) => `is "${String(input)}", expected "earthquake"` });

/**
 * An event of the feed, as far as it is used. Magnitudes are logarithms of the ground's motion, so the smallest quakes have
 * negative ones; depths are negative above the level of the sea; much is null until somebody has felt or reviewed an event.
 */
export const FeedEvent = z.object({
  id: z.string().min(1),
  properties: z.object({
    type: earthquake,
    mag: z.number().min(-2).max(10),
    magType: z.string(),
    place: z.string().min(1),
    time: z.int().positive(),
    status: z.enum(["automatic", "reviewed"]),
    felt: z.int().nonnegative().nullable(),
    alert: z.enum(["green", "yellow", "orange", "red"]).nullable(),
    url: z.url(),
  }),
  geometry: z.object({
    type: z.literal("Point"),
    /** Degrees east, degrees north, kilometres down. */
    coordinates: z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90), z.number().min(-10).max(800)]),
  }),
});

/** By magnitude, as the USGS names them. */
const CLASSES = ["micro", "minor", "light", "moderate", "strong", "major", "great"] as const;

/** What travels from here on, is delivered, archived and answered. */
export const Quake = z.object({
  id: z.string(),
  time: z.iso.datetime(),
  magnitude: z.number(),
  class: z.enum(CLASSES),
  region: z.string(),
  place: z.string(),
  longitude: z.number(),
  latitude: z.number(),
  depthKm: z.number(),
  isReviewed: z.boolean(),
  felt: z.int().nullable(),
  alert: z.string().nullable(),
  url: z.string(),
});

export type FeedEvent = z.infer<typeof FeedEvent>;
export type Quake = z.infer<typeof Quake>;
export type QuakeClass = Quake["class"];

/** What `GET /quakes` takes. */
export const Search = z.object({ minMagnitude: z.number().optional() });

/** What `GET /quakes/:id` takes. */
export const Lookup = z.object({ id: z.string().min(1) });
