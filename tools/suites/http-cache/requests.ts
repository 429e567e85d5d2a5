import { answer, control, date, twice, type CacheCase, type CacheStep, type Fields } from "./cache-case.ts";

const TAG = { etag: '"v1"' };

/** Requests for a reply that has been fresh for five of ten seconds, or of another age. */
const WISHES: readonly (readonly [directive: string, after: number, from: "door" | "cache"])[] = [
  ["max-age=0", 5, "door"],
  ["max-age=4", 5, "door"],
  ["max-age=6", 5, "cache"],
  ["max-age=60", 11, "door"],
  ["max-age=soon", 5, "door"],
  ["min-fresh=4", 5, "cache"],
  ["min-fresh=6", 5, "door"],
  ["min-fresh=60", 0, "door"],
  ["max-stale", 60, "cache"],
  ["max-stale=5", 14, "cache"],
  ["max-stale=5", 15, "door"],
  ["max-stale=5, max-age=3", 5, "door"],
  ["no-cache", 0, "door"],
  ["NO-CACHE", 0, "door"],
  ["no-store", 0, "door"],
  ["no-transform", 5, "cache"],
  ["unknown=1", 5, "cache"],
];

/** Replies that a caller who takes stale ones does not get either. */
const STRICT = ["must-revalidate", "proxy-revalidate", "s-maxage=10", "no-cache"];

/** Parts of the ten bytes 0123456789 that are stored. */
const RANGES: readonly (readonly [range: string, status: number, body: string, content: string | null])[] = [
  ["bytes=0-1", 206, "01", "bytes 0-1/10"],
  ["bytes=8-", 206, "89", "bytes 8-9/10"],
  ["bytes=-1", 206, "9", "bytes 9-9/10"],
  ["bytes=-100", 206, "0123456789", "bytes 0-9/10"],
  ["bytes=5-100", 206, "56789", "bytes 5-9/10"],
  ["bytes=10-", 416, "", "bytes */10"],
  ["bytes=-0", 416, "", "bytes */10"],
  ["bytes=5-4", 200, "0123456789", null],
  ["bytes=0-1, 3-4", 200, "0123456789", null],
  ["lines=0-1", 200, "0123456789", null],
  ["bytes=a-b", 200, "0123456789", null],
  ["bytes=-", 200, "0123456789", null],
];

const CONDITIONAL_RANGES: readonly (readonly [condition: string, status: number])[] = [
  ['"v1"', 206],
  ['"v2"', 200],
  ['W/"v1"', 200],
  [date(-1000), 206],
  [date(-999), 200],
];

const DIGITS = { ...control("max-age=100", { ...TAG, "last-modified": date(-1000) }), body: "0123456789" };

const STORED: CacheStep = { answer: control("max-age=100"), from: "door" };

function changed(method: string, status: number, headers: Fields = {}): CacheStep {
  return { method, answer: { status, headers }, from: "door" };
}

/** Changes, and whether what was stored of /a?x is still there after. */
const CHANGES: readonly (readonly [says: string, change: CacheStep, from: "door" | "cache"])[] = [
  ...["POST", "PUT", "PATCH", "DELETE"].flatMap((method): readonly (readonly [string, CacheStep, "door" | "cache"])[] => [
    [`a ${method} that succeeds`, { ...changed(method, 204), path: "/a?x" }, "door"],
    [`a ${method} that redirects`, { ...changed(method, 303), path: "/a?x" }, "door"],
    [`a ${method} that is refused`, { ...changed(method, 409), path: "/a?x" }, "cache"],
    [`a ${method} that fails`, { ...changed(method, 500), path: "/a?x" }, "cache"],
    [`a ${method} that names it in Location`, changed(method, 201, { location: "/a?x" }), "door"],
    [`a ${method} that names it in Content-Location`, changed(method, 200, { "content-location": "a?x" }), "door"],
  ]),
  ["a change at an address with another query", { ...changed("POST", 204), path: "/a?y" }, "cache"],
  ["a Location with the host", changed("POST", 201, { location: "http://cache.example/a?x" }), "door"],
  ["a Location at another host", changed("POST", 201, { location: "http://other.example/a?x" }), "cache"],
  ["a Location that is no address", changed("POST", 201, { location: "http://[" }), "cache"],
  ["a refused change with a Location", changed("POST", 409, { location: "/a?x" }), "cache"],
  ["an OPTIONS", { ...changed("OPTIONS", 204), path: "/a?x" }, "cache"],
];

const STALE: readonly CacheCase[] = [
  {
    section: "RFC 5861, 3",
    says: "stale-while-revalidate sends a stale reply once more, and makes a new one",
    steps: [
      { answer: control("max-age=1, stale-while-revalidate=10"), from: "door" },
      { after: 5, answer: control("max-age=100"), from: "cache", body: "1" },
      { from: "cache", body: "2" },
    ],
  },
  {
    section: "RFC 5861, 3",
    says: "beyond stale-while-revalidate a reply is made first",
    steps: twice(control("max-age=1, stale-while-revalidate=10"), "door", { after: 11 }),
  },
  ...STRICT.map((directive): CacheCase => ({
    section: "5.2.2",
    says: `${directive} is never sent stale, not by stale-while-revalidate`,
    steps: twice(control(`max-age=1, ${directive}, stale-while-revalidate=100`, TAG), "checked", { after: 11 }),
  })),
  {
    section: "RFC 5861, 4",
    says: "stale-if-error sends a stale reply in place of a failure",
    steps: twice(control("max-age=1, stale-if-error=10"), "door", { after: 5, answer: { fails: true }, status: 200, body: "1" }),
  },
  ...[500, 502, 503, 504].map((status): CacheCase => ({
    section: "RFC 5861, 4",
    says: `stale-if-error sends a stale reply in place of ${status}`,
    steps: twice(control("max-age=1, stale-if-error=10"), "door", { after: 5, answer: { status }, status: 200, body: "1" }),
  })),
  {
    section: "RFC 5861, 4",
    says: "stale-if-error does not stand for what is no failure",
    steps: twice(control("max-age=1, stale-if-error=10"), "door", { after: 5, answer: { status: 404 }, status: 404 }),
  },
  {
    section: "RFC 5861, 4",
    says: "beyond stale-if-error the failure is told",
    steps: twice(control("max-age=1, stale-if-error=10"), "door", { after: 11, answer: { status: 503 }, status: 503 }),
  },
  {
    section: "RFC 5861, 4",
    says: "a request may take a stale reply in place of a failure",
    steps: twice(control("max-age=1", TAG), "checked", {
      after: 5,
      headers: { "cache-control": "stale-if-error=100" },
      answer: { status: 503 },
      status: 200,
      body: "1",
    }),
  },
  {
    section: "RFC 5861, 4",
    says: "the policy may say it for replies that do not",
    policy: { staleIfError: 100_000 },
    steps: twice(control("max-age=1"), "door", { after: 5, answer: { fails: true }, status: 200, body: "1" }),
  },
  ...STRICT.map((directive): CacheCase => ({
    section: "4.2.4",
    says: `${directive} is never sent in place of a failure`,
    steps: twice(control(`max-age=1, ${directive}, stale-if-error=100`, TAG), "checked", {
      after: 11,
      answer: { status: 503 },
      status: 503,
    }),
  })),
];

const MORE: readonly CacheCase[] = [
  {
    section: "RFC 9110, 13.1.5",
    says: "bytes are not put together by a weak tag",
    steps: [
      { answer: { ...control("max-age=100", { etag: 'W/"v1"' }), body: "0123456789" }, from: "door" },
      { headers: { range: "bytes=0-1", "if-range": 'W/"v1"' }, from: "cache", status: 200, body: "0123456789" },
    ],
  },
  {
    section: "5.2.1.7",
    says: "only-if-cached is 504 where nothing is stored",
    steps: [
      { headers: { "cache-control": "only-if-cached" }, from: "cache", status: 504 },
      { ...STORED, body: "1" },
      { headers: { "cache-control": "only-if-cached" }, from: "cache", status: 200, body: "1" },
    ],
  },
  {
    section: "5.2.1.7",
    says: "only-if-cached is 504 where what is stored is stale",
    steps: twice(control("max-age=1"), "cache", { after: 2, headers: { "cache-control": "only-if-cached" }, status: 504 }),
  },
  {
    section: "5.2.1.5",
    says: "the reply to a request with no-store is not stored",
    steps: [
      { headers: { "cache-control": "no-store" }, answer: control("max-age=100"), from: "door" },
      { from: "door", body: "2" },
    ],
  },
  {
    section: "5.2.1.4",
    says: "the reply to a request with no-cache is stored for others",
    steps: [
      { headers: { "cache-control": "no-cache" }, answer: control("max-age=100"), from: "door" },
      { from: "cache", body: "1" },
    ],
  },
  {
    section: "5.4",
    says: "Pragma: no-cache asks for a new reply",
    steps: twice(control("max-age=100"), "door", { headers: { pragma: "no-cache" } }),
  },
  {
    section: "5.4",
    says: "another Pragma asks for nothing",
    steps: twice(control("max-age=100"), "cache", { headers: { pragma: "foo" } }),
  },
  {
    section: "5.4",
    says: "Pragma counts for nothing beside Cache-Control",
    steps: twice(control("max-age=100"), "cache", { headers: { pragma: "no-cache", "cache-control": "max-age=50" } }),
  },
  {
    section: "5.4",
    says: "Pragma in a reply means nothing",
    steps: twice(answer({ "cache-control": "max-age=100", pragma: "no-cache" }), "cache"),
  },
  {
    section: "3.3",
    says: "a range of what is not stored goes to the door",
    steps: [
      {
        headers: { range: "bytes=0-1" },
        answer: { status: 206, headers: { "content-range": "bytes 0-1/10" } },
        from: "door",
        seen: { range: "bytes=0-1" },
        status: 206,
      },
      { from: "door", body: "2" },
    ],
  },
];

export const requests: readonly CacheCase[] = [
  ...WISHES.map(([directive, after, from]): CacheCase => ({
    section: "5.2.1",
    says: `${directive} at the age of ${after} of 10 seconds`,
    steps: twice(control("max-age=10"), from, { after, headers: { "cache-control": directive }, body: from === "cache" ? "1" : "2" }),
  })),
  ...STRICT.map((directive): CacheCase => ({
    section: "5.2.2",
    says: `${directive} is checked although the request takes what is stale`,
    steps: twice(control(`max-age=10, ${directive}`, TAG), "checked", { after: 11, headers: { "cache-control": "max-stale" } }),
  })),
  ...RANGES.map(([range, status, body, content]): CacheCase => ({
    section: "3.3",
    says: `of what is stored, ${range} is ${status}`,
    steps: [
      { answer: DIGITS, from: "door" },
      { headers: { range }, from: "cache", status, body, reply: { "content-range": content } },
    ],
  })),
  ...CONDITIONAL_RANGES.map(([condition, status]): CacheCase => ({
    section: "RFC 9110, 13.1.5",
    says: `a range if what is stored is ${condition} is ${status}`,
    steps: [
      { answer: DIGITS, from: "door" },
      { headers: { range: "bytes=0-1", "if-range": condition }, from: "cache", status },
    ],
  })),
  ...CHANGES.map(([says, change, from]): CacheCase => ({
    section: "4.4",
    says: `${says} makes the cache ${from === "door" ? "forget" : "forget nothing"}`,
    steps: [{ ...STORED, path: "/a?x" }, change, { path: "/a?x", from }],
  })),
  ...STALE,
  ...MORE,
];
